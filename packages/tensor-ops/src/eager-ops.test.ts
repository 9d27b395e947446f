import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleShapes, sampleWeights } from '../test/sample-program.js';
import { createEagerOps } from './eager-ops.js';

const weights = sampleWeights(sampleShapes);
const ops = createEagerOps({ tf, weight: (name) => tf.tensor(weights.get(name).data, [...weights.get(name).shape]) });

describe('createEagerOps', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('multiplies by weights as PyTorch stores them', () => {
    const x = [0.5, -1, 2, 0, 1, 3, -0.25, 1];
    const { data } = weights.get('free'); // [4, 8]
    const expected = [0, 1, 2, 3].map((row) => x.reduce((sum, value, i) => sum + value * data[row * 8 + i]!, 0));
    const found = ops.dense(tf.tensor(x, [1, 1, 8]), { weight: 'free' }, 'none');
    expect(found.shape).toEqual([1, 1, 4]);
    expect([...found.dataSync()]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  it('attends as plain loops do, and never to masked tokens', () => {
    const [tokens, hidden, heads] = [3, 8, 2];
    const size = hidden / heads;
    const x = Array.from({ length: tokens * hidden }, (_, i) => Math.sin(i * 1.7));
    const mask = [1, 1, 0];
    const project = (name: string) => (t: number, o: number) => {
      const matrix = weights.get(name).data;
      let sum = weights.get(`${name}Bias`).data[o]!;
      for (let i = 0; i < hidden; i++) sum += x[t * hidden + i]! * matrix[o * hidden + i]!;
      return sum;
    };
    const [query, key, value] = [project('q'), project('k'), project('v')];
    const expected: number[] = [];
    for (let t = 0; t < tokens; t++) {
      for (let o = 0; o < hidden; o++) {
        const head = Math.floor(o / size) * size;
        const scores = [0, 1, 2].map((s) => {
          let sum = 0;
          for (let i = head; i < head + size; i++) sum += query(t, i) * key(s, i);
          return mask[s] ? Math.exp(sum / Math.sqrt(size)) : 0;
        });
        const total = scores.reduce((a, b) => a + b);
        expected.push(scores.reduce((sum, score, s) => sum + (score / total) * value(s, o), 0));
      }
    }
    const names = {
      query: { weight: 'q', bias: 'qBias' },
      key: { weight: 'k', bias: 'kBias' },
      value: { weight: 'v', bias: 'vBias' },
    };
    const found = ops.selfAttention(tf.tensor(x, [1, tokens, hidden]), names, tf.tensor(mask, [1, tokens]), heads);
    expect([...found.dataSync()]).toEqual(expected.map((number) => expect.closeTo(number, 5)));
  });

  it('normalizes each row, then scales and shifts', () => {
    const found = ops.layerNorm(tf.tensor([1, 3, 5, 7], [1, 4]), tf.tensor([1, 1, 2, 2]), tf.tensor([0, 1, 0, 1]), 0);
    const unit = 1 / Math.sqrt(5);
    const expected = [-3 * unit, 1 - unit, 2 * unit, 1 + 6 * unit];
    expect([...found.dataSync()]).toEqual(expected.map((number) => expect.closeTo(number, 5)));
  });

  it('has the exact GELU', () => {
    const identity = createEagerOps({ tf, weight: () => tf.eye(3) });
    const found = identity.dense(tf.tensor([-1, 0.5, 2], [1, 3]), { weight: 'w' }, 'gelu');
    // From scipy: x * norm.cdf(x).
    const expected = [-0.15865525, 0.34573123, 1.95449974];
    expect([...found.dataSync()]).toEqual(expected.map((number) => expect.closeTo(number, 5)));
  });
});
