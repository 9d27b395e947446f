import { assertKnownOptions, type Mention, type MentionDetector, type NamesIndex } from '@referent/core';
import { type CasedText, type CasedWord, lookOf, readCasing } from './casing.js';
import { forEachChunk } from './chunks.js';
import { hyphenParts } from './hyphens.js';
import { takesFullStop } from './joint.js';

export interface NamesDetectorOptions {
  readonly names: NamesIndex;
  /**
   * The names are proper names: words in small letters count only where the knowledge base writes them so, and a
   * capital that comes from the place in the sentence proves nothing. With `false` every occurrence counts.
   * @default true
   */
  readonly namesAreProper?: boolean;
}

// Enough text to see how its writer uses capitals, little enough that the words of a chunk take no memory to speak of.
const chunkSize = 1 << 18;

/** Finds the titles and aliases of a knowledge base: the longest ones, left to right, in linear time. */
export function createNamesDetector({
  names,
  namesAreProper = true,
  ...unknown
}: NamesDetectorOptions): MentionDetector {
  assertKnownOptions('createNamesDetector', unknown, ['names', 'namesAreProper']);
  return {
    name: 'names',
    async detect(text, options = {}) {
      const mentions: Mention[] = [];
      await forEachChunk(text, chunkSize, options, async (chunk, start) => {
        for (const mention of await namesIn(chunk, names, namesAreProper, options.signal)) {
          mentions.push({ ...mention, start: mention.start + start, end: mention.end + start });
        }
      });
      return mentions;
    },
  };
}

// No name contains it, so that none runs across it.
const barrier = '\n';

async function namesIn(
  text: string,
  names: NamesIndex,
  namesAreProper: boolean,
  signal: AbortSignal | undefined,
): Promise<Mention[]> {
  const casing = readCasing(text);
  const mentions: Mention[] = [];

  /** Is it a name just as it is written here? */
  const asWritten = new Map<string, Promise<boolean>>();
  function isWritten(surface: string): Promise<boolean> {
    const known = asWritten.get(surface);
    if (known) return known;
    const answer = names
      .lookup(surface, { limit: 1, signal })
      .then(([best]) => best?.kind === 'title' || best?.kind === 'alias');
    asWritten.set(surface, answer);
    return answer;
  }

  async function scan(words: readonly CasedWord[]): Promise<void> {
    const scanned: string[] = [];
    const places: number[] = [];
    words.forEach(({ normalized, joint }, i) => {
      if (i > 0 && joint.kind === 'shut') places.push(scanned.push(barrier));
      places[scanned.push(normalized) - 1] = i;
    });
    for (const { from, to } of await names.scan(scanned, { signal })) {
      await consider(words.slice(places[from]!, places[to - 1]! + 1));
    }
  }

  /** Takes the words as a mention, or looks for shorter names in them. */
  async function consider(words: readonly CasedWord[]): Promise<void> {
    const mention = mentionOf(text, words);
    const split = words.findIndex(({ joint }, i) => i > 0 && joint.kind === 'written');
    if (split > 0) {
      if (await isWritten(mention.surface)) mentions.push(mention);
      else {
        await scan(words.slice(0, split));
        await scan(words.slice(split));
      }
    } else if (!namesAreProper || (await isProper(casing, words, mention.surface, isWritten))) mentions.push(mention);
    else if (words.length > 1) await scan(words.slice(1));
  }

  await scan(casing.words);
  const taken = new Set(mentions.map(({ start }) => start));
  await scan(
    casing.words.filter(({ start, written }) => written.includes('-') && !taken.has(start)).flatMap(hyphenParts),
  );
  return mentions.sort((a, b) => a.start - b.start);
}

async function isProper(
  casing: CasedText,
  words: readonly CasedWord[],
  surface: string,
  isWritten: (surface: string) => Promise<boolean>,
): Promise<boolean> {
  const look = lookOf(casing, words);
  if (look === 'name') return true;
  // Where the knowledge base itself writes the name in small letters, small letters are right.
  return isWritten(look === 'small' ? surface : surface.toLowerCase());
}

/** The words as a span: without a possessive, with the full stop or bracket that belongs to them. */
function mentionOf(text: string, words: readonly CasedWord[]): Mention {
  const { start } = words[0]!;
  const last = words.at(-1)!;
  let end = last.end - (/['’]s$/iu.exec(last.written)?.[0].length ?? 0);
  if (end === last.end && text[end] === '.' && takesFullStop(last.written) && last.written.length > 1) end++;
  const surface = text.slice(start, end);
  if (text[end] === ')' && surface.includes('(') && !surface.includes(')')) end++;
  return { start, end, surface: text.slice(start, end) };
}
