import { ReferentError, type Rows } from '@referent/core';
import { indexName, type Quantization } from './options.js';

/** How far the length of a unit vector may be from 1. */
const unitTolerance = 0.01;
const largestHalf = 65504;

/**
 * What a quantization cannot keep is refused, not spoilt.
 * @throws `INDEX_NOT_QUANTIZABLE`
 */
export function assertQuantizable({ data, count }: Rows, dimensions: number, quantization: Quantization): void {
  if (quantization === 'f32') return;
  for (let row = 0; row < count; row++) {
    let square = 0;
    let largest = 0;
    for (let d = row * dimensions; d < (row + 1) * dimensions; d++) {
      square += data[d]! * data[d]!;
      largest = Math.max(largest, Math.abs(data[d]!));
    }
    if (quantization === 'f16') {
      if (largest <= largestHalf) continue;
      throw refused(quantization, row, `a value of ${largest}; the largest that fits is ${largestHalf}`);
    }
    const length = Math.sqrt(square);
    if (length === 0 || Math.abs(length - 1) <= unitTolerance) continue;
    throw refused(quantization, row, `length ${length.toPrecision(4)}; only the direction would be kept`);
  }
}

function refused(quantization: Quantization, row: number, problem: string): ReferentError {
  return new ReferentError('INDEX_NOT_QUANTIZABLE', {
    what: `${indexName}: vector ${row} cannot be kept as ${quantization}.`,
    why: `It has ${problem}.`,
    fix:
      quantization === 'f16'
        ? 'Use quantization f32, or scale the vectors.'
        : 'Normalize the vectors (similarity cosine), or use quantization f16 or f32.',
    details: { row, quantization },
  });
}
