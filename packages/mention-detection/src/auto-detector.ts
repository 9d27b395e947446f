import { assertKnownOptions, type Mention, type MentionDetector, type NamesIndex } from '@referent/core';
import { createMarkedDetector } from './marked-detector.js';
import { createNamesDetector } from './names-detector.js';
import { createStatisticalDetector } from './statistical-detector.js';

export interface AutoDetectorOptions {
  /** Also finds the names of this knowledge base. @default none */
  readonly names?: NamesIndex | undefined;
  /** As in the names detector. @default true */
  readonly namesAreProper?: boolean;
  /** Also finds names that the knowledge base does not have. @default true */
  readonly statistical?: boolean;
  /** Takes the marks in a text that has any, and nothing else. @default true */
  readonly marked?: boolean;
}

/**
 * A text with `[[marks]]` has just these mentions; any other text those that the names and the statistics find.
 * Where these two overlap, the longer one is taken, with one exception: a phrase with several names in it is left to the names.
 */
export function createAutoDetector({
  names,
  namesAreProper = true,
  statistical = true,
  marked = true,
  ...unknown
}: AutoDetectorOptions = {}): MentionDetector {
  assertKnownOptions('createAutoDetector', unknown, ['names', 'namesAreProper', 'statistical', 'marked']);
  const marks = marked ? createMarkedDetector() : undefined;
  const known = names && createNamesDetector({ names, namesAreProper });
  const guessed = statistical ? createStatisticalDetector() : undefined;
  return {
    name: 'auto',
    async detect(text, options = {}) {
      options.signal?.throwIfAborted();
      const inMarks = (await marks?.detect(text, options)) ?? [];
      if (inMarks.length > 0) return inMarks;
      const named = (await known?.detect(text, options)) ?? [];
      const phrases = (await guessed?.detect(text, options)) ?? [];
      return merge(named, phrases);
    },
  };
}

/** Both in the order of the text and without overlaps among themselves; so is the result. */
export function merge(names: readonly Mention[], phrases: readonly Mention[]): Mention[] {
  const taken: Mention[] = [];
  const lost = new Set<Mention>();
  let next = 0;
  for (const phrase of phrases) {
    while (next < names.length && names[next]!.end <= phrase.start) next++;
    const met: Mention[] = [];
    for (let i = next; i < names.length && names[i]!.start < phrase.end; i++)
      if (!lost.has(names[i]!)) met.push(names[i]!);
    // A name that ends in this phrase may have lost to the phrase before.
    const longest = Math.max(0, ...met.map(({ surface }) => surface.length));
    if (met.length > 1 || longest >= phrase.surface.length) continue;
    for (const name of met) lost.add(name);
    taken.push(phrase);
  }
  return [...taken, ...names.filter((name) => !lost.has(name))].sort((a, b) => a.start - b.start);
}
