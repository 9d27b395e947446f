/** A seeded BERT against PyTorch: goldens/make-goldens.py. */
import { readFileSync } from 'node:fs';
import { createEagerEngine } from '@referent/tensor-ops';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type BertHead,
  bertProgram,
  bertWeights,
  createTransformer,
  parseBertConfig,
  readSafetensors,
} from '../src/index.js';

const folder = new URL('./goldens/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('tiny-bert.json', folder), 'utf8')) as {
  config: object;
  cases: {
    ids: number[];
    segments?: number[];
    positions?: number[];
    states: number[][];
    cls: number[];
    mean: number[];
    normalizedMean: number[];
    pooler: number[];
    projectedPooler: number[];
  }[];
};
const weights = readSafetensors(readFileSync(new URL('tiny-bert.safetensors', folder)));
const config = parseBertConfig(golden.config);
const projection = { weight: 'additional_linear.weight', bias: 'additional_linear.bias' };
const tolerance = 1e-5;

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('a tiny BERT', () => {
  beforeAll(() => tf.setBackend('cpu'));

  const heads: readonly (readonly ['cls' | 'mean' | 'normalizedMean' | 'pooler' | 'projectedPooler', BertHead])[] = [
    ['cls', { pooling: 'cls' }],
    ['mean', { pooling: 'mean' }],
    ['normalizedMean', { pooling: 'mean', normalize: true }],
    ['pooler', { pooling: 'pooler' }],
    ['projectedPooler', { pooling: 'pooler', projection }],
  ];
  it.each(heads)('gives the vectors of PyTorch: %s', async (name, head) => {
    const engine = createEagerEngine({ tf });
    const transformer = await createTransformer({ config, weights, engine, head, maximumTokens: 60 });
    const together = await transformer.encode(golden.cases);
    const { dimensions } = transformer;
    expect(dimensions).toBe(name === 'projectedPooler' ? 6 : 16);
    for (const [i, expected] of golden.cases.entries()) {
      const vector = together.data.subarray(i * dimensions, (i + 1) * dimensions);
      const alone = await transformer.encode([expected]);
      expect(largestDifference(vector, expected[name])).toBeLessThan(tolerance);
      expect(largestDifference(vector, alone.data)).toBeLessThan(tolerance);
    }
  });

  it('gives the states of every layer', async () => {
    const head: BertHead = { pooling: 'cls' };
    const program = bertProgram({ config, head, allStates: true });
    const executable = await createEagerEngine({ tf }).compile(program, bertWeights(weights, config, head));
    for (const { ids, segments, positions, states } of golden.cases) {
      const tensor = (values: ArrayLike<number>) => ({ shape: [1, ids.length], data: Int32Array.from(values) });
      const outputs = await executable.run({
        ids: tensor(ids),
        segments: tensor(segments ?? ids.map(() => 0)),
        positions: tensor(positions ?? ids.map((_, t) => t)),
        mask: tensor(ids.map(() => 1)),
      });
      for (const [i, expected] of states.entries()) {
        expect(largestDifference(outputs[`states${i}`]!.data, expected)).toBeLessThan(tolerance);
      }
    }
  });

  it('reads checkpoints that call a layer norm gamma and beta', async () => {
    const rename = (name: string) =>
      name.replace('LayerNorm.gamma', 'LayerNorm.weight').replace('LayerNorm.beta', 'LayerNorm.bias');
    const old = {
      fingerprint: 'old',
      has: (name: string) => !/LayerNorm\.(weight|bias)$/.test(name) && weights.has(rename(name)),
      get: (name: string) => weights.get(rename(name)),
    };
    const engine = createEagerEngine({ tf });
    const transformer = await createTransformer({ config, weights: old, engine, head: { pooling: 'cls' } });
    const { data } = await transformer.encode(golden.cases.slice(0, 1));
    expect(largestDifference(data, golden.cases[0]!.cls)).toBeLessThan(tolerance);
  });
});
