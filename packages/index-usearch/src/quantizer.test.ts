import { describe, expect, it } from 'vitest';
import { quantizerOf } from './quantizer.js';

describe('quantizerOf', () => {
  it('rounds to steps that reach as far as the values of a unit vector do', () => {
    const few = quantizerOf(2);
    const values = few.quantize(Float32Array.of(3, -4, 0, 0, -1, 0));
    expect(Array.from(values)).toEqual([76, -102, 0, 0, -127, 0]); // .6 * 127 = 76.2, .8 * 127 = 101.6
    const many = quantizerOf(400); // 4.5 / 20 = .225 for 127
    const vector = new Float32Array(400).fill(0.05);
    vector[0] = -1;
    expect(many.quantize(vector)[1]).toBe(Math.round(((0.05 / Math.sqrt(1.9975)) * 127) / 0.225));
    expect(many.quantize(vector)[0]).toBe(-127);
  });

  it('gives dot products back, of queries of any length', () => {
    const quantizer = quantizerOf(3);
    const [query, stored] = [Float32Array.of(2, 1, -2), Float32Array.of(0, 0.6, -0.8)];
    const [a, b] = [quantizer.quantize(query), quantizer.quantize(stored)];
    const dot = a.reduce((sum, value, d) => sum + value * b[d]!, 0);
    expect(dot * quantizer.scoreOf(query)).toBeCloseTo(2.2, 1);
  });

  it('is whole numbers behind the name that usearch asks for', () => {
    const values: unknown = quantizerOf(2).quantize(Float32Array.of(1, 0));
    expect(values).toBeInstanceOf(Int8Array);
    expect((values as object).constructor).toBe(Float32Array);
  });
});
