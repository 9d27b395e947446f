import type { Mention, MentionDetector } from '@referent/core';

// Of three opening brackets the last two count: "[[[a]]]" marks "a".
const bracketPattern = /\[\[(?!\[)|\]\]/g;

/**
 * Mentions that a person marked: `She lives near [[Paris]], Texas.`
 *
 * The innermost pair counts, and only if there are words in it; all other brackets are text like any other. Spans are
 * those of the words without brackets or blanks around them, in the text as given; contexts are free of all marks.
 */
export function createMarkedDetector(): MentionDetector {
  return {
    name: 'marked',
    async detect(text, { signal } = {}) {
      signal?.throwIfAborted();
      return markedMentions(text);
    },
  };
}

function markedMentions(text: string): Mention[] {
  const pieces: string[] = [];
  const found: { start: number; surface: string; plainStart: number }[] = [];
  let copied = 0;
  let plainLength = 0;
  const copy = (from: number, to: number) => {
    pieces.push(text.slice(from, to));
    plainLength += to - from;
    copied = to;
  };

  let open: number | undefined;
  for (const { 0: bracket, index } of text.matchAll(bracketPattern)) {
    if (bracket === '[[') {
      open = index;
      continue;
    }
    if (open === undefined) continue;
    const inside = text.slice(open + 2, index);
    const surface = inside.trim();
    if (surface !== '') {
      const start = open + 2 + inside.indexOf(surface);
      copy(copied, open);
      found.push({ start, surface, plainStart: plainLength + start - (open + 2) });
      copy(open + 2, index);
      copied = index + 2;
    }
    open = undefined;
  }
  copy(copied, text.length);

  // All contexts are slices of one string: engines share its characters, so ten thousand cost no more than one.
  const plain = pieces.join('');
  return found.map(({ start, surface, plainStart }) => ({
    start,
    end: start + surface.length,
    surface,
    contextLeft: plain.slice(0, plainStart),
    contextRight: plain.slice(plainStart + surface.length),
  }));
}
