import { expect, it } from 'vitest';
import { assertDistinct, assertK, assertRows, duplicateKeyError } from './vector-index.js';

const index = { name: 'test', dimensions: 2 };
const rows = (...data: number[]) => ({ data: Float32Array.from(data), count: data.length / 2 });
const invalid = { code: 'INDEX_INVALID_VECTORS' };

it('accepts finite rows of the right length', () => {
  expect(() => assertRows(index, rows(1, 2, 3, 4), Uint32Array.of(1, 2))).not.toThrow();
  expect(() => assertRows(index, rows())).not.toThrow();
});

it('refuses a wrong length, a wrong number of keys, NaN and infinity, and says where', () => {
  expect(() => assertRows(index, { data: Float32Array.of(1, 2, 3), count: 1 })).toThrow(
    expect.objectContaining(invalid),
  );
  expect(() => assertRows(index, { data: Float32Array.of(1, 2, 3), count: 1 })).toThrow(
    '1 vectors of 2 need 2 numbers, got 3',
  );
  expect(() => assertRows(index, rows(1, 2), Uint32Array.of(1, 2))).toThrow(expect.objectContaining(invalid));
  expect(() => assertRows(index, rows(1, 2, 3, Number.NaN))).toThrow('vector 1 has NaN at position 1');
  expect(() => assertRows(index, rows(Number.POSITIVE_INFINITY, 0))).toThrow(expect.objectContaining(invalid));
});

it('refuses a k that is no positive integer', () => {
  for (const k of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => assertK(index, k)).toThrow(expect.objectContaining({ code: 'INDEX_INVALID_K' }));
  }
  expect(() => assertK(index, 1)).not.toThrow();
});

it('names the key that is stored twice', () => {
  expect(duplicateKeyError(7)).toMatchObject({ code: 'INDEX_DUPLICATE_KEY', details: { key: 7 } });
});

it('refuses a batch that names a key twice', () => {
  expect(() => assertDistinct(Uint32Array.of(1, 7, 7))).toThrow(
    expect.objectContaining({ code: 'INDEX_DUPLICATE_KEY', details: { key: 7 } }),
  );
  expect(() => assertDistinct(Uint32Array.of(1, 7))).not.toThrow();
});
