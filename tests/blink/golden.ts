/** What BLINK's own code gave: see golden/README.md. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTokenizer, type Tokenizer } from '@referent/tokenizer';

export interface GoldenMention {
  readonly name: string;
  readonly context_left: string;
  readonly mention: string;
  readonly context_right: string;
  /** Without the padding at the end; null where BLINK stops with an AssertionError. */
  readonly ids: Readonly<Record<'32' | '128' | 'cased 32', readonly number[] | null>>;
}

export interface GoldenResult {
  /** Its number in `mentions`. */
  readonly mention: number;
  readonly vector: readonly number[];
  /** Rows of the catalogue, best first, with the bi-encoder's and the cross-encoder's scores. */
  readonly top: readonly number[];
  readonly scores: readonly number[];
  readonly rerankScores: readonly number[];
  /** The cross-encoder's inputs of the first two, padding in the middle included. */
  readonly inputs?: readonly (readonly number[])[];
}

interface Golden {
  readonly mentions: readonly GoldenMention[];
  readonly entities: {
    readonly ids: Readonly<Record<'32' | '128', readonly (readonly number[])[]>>;
    readonly vectors: readonly (readonly number[])[];
    readonly wikipediaIds: readonly string[];
  };
  readonly runs: readonly {
    readonly contextLength: 32 | 128;
    readonly maximumLength: number;
    readonly results: readonly GoldenResult[];
  }[];
  readonly linear: {
    readonly mentions: readonly number[];
    readonly entityVectors: readonly (readonly number[])[];
    readonly scores: readonly (readonly number[])[];
  };
}

export const goldenPath = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));
export const golden = JSON.parse(readFileSync(goldenPath('golden.json'), 'utf8')) as Golden;
export const entities = readFileSync(goldenPath('entity.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly title: string; readonly text: string; readonly idx: string });

export function goldenTokenizer(lowercase = true): Tokenizer {
  return createTokenizer({ vocabulary: readFileSync(goldenPath('vocab.txt'), 'utf8'), lowercase, finalSigma: true });
}

export const inContext = ({ context_left, mention, context_right }: GoldenMention) => ({
  contextLeft: context_left,
  surface: mention,
  contextRight: context_right,
});
