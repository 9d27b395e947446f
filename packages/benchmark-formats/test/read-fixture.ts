import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BenchmarkInput,
  type LabelledMention,
  type ReadBenchmarkOptions,
  readBenchmark,
  textLines,
} from '../src/index.js';

export const fixturePath = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** In small pieces, as a slow disk would give them. */
export function openFixture(name: string): BenchmarkInput {
  return { name, lines: textLines(createReadStream(fixturePath(name), { encoding: 'utf8', highWaterMark: 37 })) };
}

export function inputOf(...lines: readonly (string | object)[]): BenchmarkInput {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return { name: 'given.jsonl', lines: textLines([text]) };
}

export async function readAll(input: BenchmarkInput, options?: ReadBenchmarkOptions): Promise<LabelledMention[]> {
  const mentions: LabelledMention[] = [];
  for await (const mention of readBenchmark(input, options)) mentions.push(mention);
  return mentions;
}
