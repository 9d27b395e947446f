import { ReferentError, type TokenSequence } from '@referent/core';
import type { BertConfig } from './bert-config.js';

/**
 * A GPU looks up a row that does not exist without a word, so every id is checked here.
 * @throws `SEQUENCE_TOO_LONG`, `SEQUENCE_INVALID`
 */
export function checkSequence({ ids, segments, positions }: TokenSequence, index: number, config: BertConfig): void {
  if (ids.length === 0) throw invalid(index, 'it is empty.');
  for (const [name, values] of Object.entries({ segments, positions })) {
    if (values && values.length !== ids.length) {
      throw invalid(index, `it has ${ids.length} ids and ${values.length} ${name}.`);
    }
  }
  const longest = positions ? largest(positions) + 1 : ids.length;
  if (longest > config.positions) throw tooLong(index, longest, config.positions);
  checkRange(index, 'id', ids, config.vocabularySize);
  if (segments) checkRange(index, 'segment', segments, config.segments);
  if (positions) checkRange(index, 'position', positions, config.positions);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), 0);
}

function checkRange(index: number, name: string, values: readonly number[], limit: number): void {
  for (const value of values) {
    if (Number.isInteger(value) && value >= 0 && value < limit) continue;
    throw invalid(index, `its ${name} ${value} is not a whole number from 0 to ${limit - 1}.`);
  }
}

function tooLong(index: number, length: number, limit: number): ReferentError {
  return new ReferentError('SEQUENCE_TOO_LONG', {
    what: `Sequence ${index} needs ${length} positions.`,
    why: `The model has ${limit}.`,
    fix: `Cut inputs to ${limit} tokens when they are tokenized.`,
    details: { index, length, limit },
  });
}

function invalid(index: number, why: string): ReferentError {
  return new ReferentError('SEQUENCE_INVALID', {
    what: `Sequence ${index} cannot be encoded: ${why}`,
    fix: 'Check that the tokenizer and the model belong together.',
    details: { index },
  });
}
