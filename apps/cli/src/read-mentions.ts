import { type LabelledMention, type ReadBenchmarkOptions, readBenchmark } from '@referent/benchmark-formats';
import { type Input, linesOf } from './read-input.js';

export type { LabelledMention };

/**
 * Mentions with known answers, of our own JSONL or of a benchmark's format.
 * @throws those of `readBenchmark`; `INPUT_UNREADABLE`
 */
export function readMentions(input: Input, options: ReadBenchmarkOptions = {}): AsyncGenerator<LabelledMention> {
  return readBenchmark({ name: input.name, lines: linesOf(input) }, options);
}
