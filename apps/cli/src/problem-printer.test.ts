import { expect, it } from 'vitest';
import { createProblemPrinter } from './problem-printer.js';

it('says the first ten problems of a kind, then counts them', () => {
  const said: string[] = [];
  const logger = { debug() {}, info() {}, warn: (line: string) => void said.push(line) };
  const printer = createProblemPrinter({ logger });
  for (let line = 1; line <= 1234; line++) {
    printer.printRecord({ code: 'malformed-line', file: 'a.jsonl', line, reason: 'not JSON' });
  }
  printer.print('SPAN_INVALID', 'a: The span is empty.');
  printer.finish();
  expect(said).toHaveLength(12);
  expect(said[9]).toBe('a.jsonl, line 10: not JSON');
  expect(said.slice(10)).toEqual(['a: The span is empty.', '1,224 more of the kind malformed-line']);
});
