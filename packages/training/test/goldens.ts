import { readFileSync } from 'node:fs';
import type { TokenSequence } from '@referent/core';
import { parseBertConfig, readSafetensors } from '@referent/transformer';

const file = (name: string) => readFileSync(new URL(`./goldens/${name}`, import.meta.url));

interface TrainingGolden {
  readonly config: object;
  readonly mentions: number[][];
  readonly entities: number[][];
  readonly columns: number[];
  readonly alsoRight: number[][];
  readonly lists: number[][];
  readonly teacher: number[][];
  readonly pairs: [ids: number[], first: number][][];
  readonly losses: Record<'inBatch' | 'symmetric' | 'kl' | 'margin' | 'listwise', number>;
  readonly trace: number[];
  readonly norms: number[];
}

/** A tiny BERT, and what PyTorch made of it: see goldens/make-goldens.py. */
export const golden = JSON.parse(file('training.json').toString('utf8')) as TrainingGolden;
export const config = parseBertConfig(golden.config);
export const weights = readSafetensors(file('tiny-bert.safetensors'));
export const expected = readSafetensors(file('gradients.safetensors'));

export const sequences = (lists: readonly number[][]): TokenSequence[] => lists.map((ids) => ({ ids }));
export const pairSequences: TokenSequence[] = golden.pairs.flat().map(([ids, first]) => ({
  ids,
  segments: ids.map((_, i) => (i < first ? 0 : 1)),
}));
