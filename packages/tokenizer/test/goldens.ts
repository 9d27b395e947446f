import { readFileSync } from 'node:fs';
import { createTokenizer, type Tokenizer } from '../src/index.js';

/** A file of test/goldens. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./goldens/${name}`, import.meta.url), 'utf8'));
}

export const tokenizerJson = readGolden<{ normalizer: object; model: { vocab: Record<string, number> } }>(
  'tokenizer.json',
);

/** A tokenizer of the small vocabulary, with changes to its normalizer. */
export function smallTokenizer(normalizer: object = {}): Tokenizer {
  return createTokenizer({
    tokenizerJson: { ...tokenizerJson, normalizer: { ...tokenizerJson.normalizer, ...normalizer } },
  });
}
