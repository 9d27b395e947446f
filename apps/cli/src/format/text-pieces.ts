import type { LinkedMention } from '@referent/core';

/** A stretch of a text: with a mention, or between two. */
export interface TextPiece {
  readonly text: string;
  readonly mention?: LinkedMention;
}

/** Cuts a text at its mentions. The marks [[ ]] around a mention are left out; of mentions that overlap, the first counts. */
export function* textPieces(text: string, mentions: readonly LinkedMention[]): Generator<TextPiece> {
  let from = 0;
  for (const mention of [...mentions].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const { start, end } = mention;
    if (start < from || end <= start) continue;
    const marked = start >= from + 2 && text.slice(start - 2, start) === '[[' && text.slice(end, end + 2) === ']]';
    const left = marked ? start - 2 : start;
    if (left > from) yield { text: text.slice(from, left) };
    yield { text: text.slice(start, end), mention };
    from = marked ? end + 2 : end;
  }
  if (from < text.length) yield { text: text.slice(from) };
}
