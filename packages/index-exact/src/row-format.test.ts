import { gaussianRows, rowsOf } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { createExactIndex } from './index.js';
import { type RowFormat, rowCodecs } from './row-format.js';

const decoded = (format: RowFormat, vector: Float32Array): Float32Array => {
  const codec = rowCodecs[format];
  const values = codec.allocate(vector.length);
  const scale = codec.encode(vector, values, 0);
  const target = new Float32Array(vector.length);
  codec.decode(values, 0, vector.length, scale, target, 0);
  return target;
};

describe('rowCodecs', () => {
  it('keeps every finite half-precision number', () => {
    const { encode, decode, allocate } = rowCodecs.f16;
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((i) => (i & 0x7c00) !== 0x7c00);
    const numbers = new Float32Array(bits.length);
    decode(bits, 0, bits.length, 1, numbers, 0);
    const again = allocate(bits.length);
    encode(numbers, again, 0);
    expect(again).toEqual(bits);
    // Values that the format of IEEE 754 is known by.
    const known = { 1: 2 ** -24, 1023: 6.097555160522461e-5, 15360: 1, 13653: 0.333251953125, 64511: -65504 };
    for (const [half, value] of Object.entries(known)) expect(numbers[bits.indexOf(Number(half))]).toBe(value);
  });

  it('rounds to the nearest half-precision number, ties to even', () => {
    const cases = [
      [1 + 2 ** -11, 1], // in the middle, even below
      [1 + 3 * 2 ** -11, 1 + 2 ** -9], // in the middle, even above
      [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
      [2 ** -25, 0],
      [1.5 * 2 ** -25, 2 ** -24],
      [2 ** -40, 0],
      [-65519, -65504],
      [2047.5, 2048],
    ] as const;
    const found = decoded(
      'f16',
      Float32Array.from(cases, ([value]) => value),
    );
    expect([...found]).toEqual(cases.map(([, nearest]) => nearest));
  });

  it('keeps i8 to half a step of the largest value, and zero as zero', () => {
    const { data } = gaussianRows({ count: 1, dimensions: 500 });
    const largest = Math.max(...data.map(Math.abs));
    const errors = decoded('i8', data).map((value, d) => Math.abs(value - data[d]!));
    expect(Math.max(...errors)).toBeLessThanOrEqual((largest / 254) * 1.0001);
    expect([...decoded('i8', new Float32Array(3))]).toEqual([0, 0, 0]);
    expect([...decoded('i8', Float32Array.of(1e-45, -1e-45))]).toEqual([0, 0]);
  });
});

describe('createExactIndex', () => {
  it('refuses what f16 cannot hold, and the batch with it', async () => {
    const index = createExactIndex({ dimensions: 2, quantization: 'f16' });
    const refused = { code: 'INDEX_NOT_QUANTIZABLE', details: { row: 1 } };
    await expect(index.add(Uint32Array.of(1, 2), rowsOf([1, 0], [0, -7e4]))).rejects.toMatchObject(refused);
    expect(index.size).toBe(0);
    await expect(index.update(Uint32Array.of(1, 2), rowsOf([1, 0], [0, -7e4]))).rejects.toMatchObject(refused);
  });

  it('refuses an unknown quantization', () => {
    const options = { dimensions: 2, quantization: 'b1' as RowFormat };
    expect(() => createExactIndex(options)).toThrow(expect.objectContaining({ code: 'INDEX_INVALID_OPTIONS' }));
  });
});
