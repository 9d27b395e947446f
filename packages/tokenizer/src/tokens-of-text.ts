import { alone, inside } from './boundaries.js';
import type { RunTokens, WordPieces } from './word-pieces.js';

/** Is handed token i of a run that starts at `start` of the text; returns whether it wants more. */
export type TakeToken = (run: RunTokens, i: number, start: number) => boolean;

export interface TextRules extends WordPieces {
  /** A capital sigma at the end of a word is lowered to ς. @default false */
  readonly finalSigma?: boolean;
}

/** The tokens of a text from its start. Reads no further than they are taken. */
export function tokensForward({ boundaries, tokens, finalSigma }: TextRules, text: string, take: TakeToken): void {
  const emit = (from: number, to: number) => {
    const run = tokens(finalSigma ? withFinalSigma(text, from, to) : text.slice(from, to));
    for (let i = 0; i < run.ids.length; i++) if (!take(run, i, from)) return false;
    return true;
  };
  let runStart = 0;
  for (let position = 0; position < text.length; ) {
    const codePoint = text.codePointAt(position)!;
    const next = position + (codePoint > 0xffff ? 2 : 1);
    const boundary = boundaries[codePoint] ?? inside;
    if (boundary !== inside) {
      if (runStart < position && !emit(runStart, position)) return;
      if (boundary === alone && !emit(position, next)) return;
      runStart = next;
    }
    position = next;
  }
  if (runStart < text.length) emit(runStart, text.length);
}

/** The same tokens from the end of the text to its start. */
export function tokensBackward({ boundaries, tokens, finalSigma }: TextRules, text: string, take: TakeToken): void {
  const emit = (from: number, to: number) => {
    const run = tokens(finalSigma ? withFinalSigma(text, from, to) : text.slice(from, to));
    for (let i = run.ids.length - 1; i >= 0; i--) if (!take(run, i, from)) return false;
    return true;
  };
  let runEnd = text.length;
  for (let position = text.length; position > 0; ) {
    const previous = position - (isPairBefore(text, position) ? 2 : 1);
    const boundary = boundaries[text.codePointAt(previous)!] ?? inside;
    if (boundary !== inside) {
      if (position < runEnd && !emit(position, runEnd)) return;
      if (boundary === alone && !emit(previous, position)) return;
      runEnd = previous;
    }
    position = previous;
  }
  if (runEnd > 0) emit(0, runEnd);
}

function isPairBefore(text: string, position: number): boolean {
  return (
    position > 1 &&
    (text.charCodeAt(position - 1) & 0xfc00) === 0xdc00 &&
    (text.charCodeAt(position - 2) & 0xfc00) === 0xd800
  );
}

/** Unicode's condition Final_Sigma (The Unicode Standard, table 3-17). */
const sigmaAtEnd = /(?<=\p{Cased}\p{Case_Ignorable}*)Σ(?!\p{Case_Ignorable}*\p{Cased})/uy;

/** A run of the text, as long as it was. What decides may lie outside of it: "ΟΣ.Α" is one word of two runs and a dot. */
function withFinalSigma(text: string, from: number, to: number): string {
  const run = text.slice(from, to);
  if (!run.includes('Σ')) return run;
  return run.replaceAll('Σ', (sigma, position: number) => {
    sigmaAtEnd.lastIndex = from + position;
    return sigmaAtEnd.test(text) ? 'ς' : sigma;
  });
}
