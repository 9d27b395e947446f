import { type Span, splitsCharacter, type WorkOptions } from '@referent/core';

/**
 * Cuts a text into pieces of at most `size` positions: after a paragraph where there is one in the second half, else
 * after a sentence, else at a blank, else between two characters. Together the pieces are the text.
 */
export function* chunksOf(text: string, size: number): Generator<Span> {
  let start = 0;
  while (text.length - start > size) {
    const end = start + cutIn(text.slice(start, start + size));
    const whole = splitsCharacter(text, end) ? end - 1 : end;
    yield { start, end: whole };
    start = whole;
  }
  if (start < text.length) yield { start, end: text.length };
}

const cutPatterns = [/\n\s*\n/g, /[.!?]["'”’)]?\s+(?=[\p{Lu}\d"'“‘(])/gu, /\s+/g];

function cutIn(piece: string): number {
  const half = piece.length >> 1;
  for (const pattern of cutPatterns) {
    let cut = 0;
    for (const { 0: match, index } of piece.slice(half).matchAll(pattern)) cut = half + index + match.length;
    if (cut > 0) return cut;
  }
  return piece.length;
}

/** Runs over a text in chunks; between two of them everything else may run, and the signal is obeyed. */
export async function forEachChunk(
  text: string,
  size: number,
  { signal, onProgress }: WorkOptions,
  visit: (chunk: string, start: number) => void | Promise<void>,
): Promise<void> {
  signal?.throwIfAborted();
  for (const { start, end } of chunksOf(text, size)) {
    signal?.throwIfAborted();
    await visit(text.slice(start, end), start);
    onProgress?.({ step: 'find mentions', done: end, total: text.length, unit: 'characters' });
    if (end < text.length) await new Promise((resolve) => setTimeout(resolve));
  }
}
