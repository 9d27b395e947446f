import { clusteredRows, gaussianRows } from '@referent/testing';
import * as tensorflow from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createExactIndex, createMatrixProduct } from './index.js';

describe('createMatrixProduct', () => {
  it('finds what the kernel finds, for more queries than one product takes, and frees what it made', async () => {
    const dimensions = 12;
    const rows = clusteredRows({ count: 2100, dimensions });
    const keys = Uint32Array.from({ length: rows.count }, (_, row) => row);
    const queries = gaussianRows({ count: 300, dimensions, seed: 2 });
    let products = 0;
    const product = createMatrixProduct(tensorflow);
    const counted: typeof product = (...wanted) => {
      products++;
      return product(...wanted);
    };
    const [fast, slow] = [createExactIndex({ dimensions, product: counted }), createExactIndex({ dimensions })];
    for (const index of [fast, slow]) await index.add(keys, rows);
    const before = tensorflow.memory().numTensors;
    for (const options of [{}, { keys: keys.filter((key) => key % 3 === 0) }]) {
      const [found, expected] = [await fast.search(queries, 8, options), await slow.search(queries, 8, options)];
      expect(found.map((hits) => [...hits.keys])).toEqual(expected.map((hits) => [...hits.keys]));
      const errors = found.flatMap(({ scores }, query) =>
        Array.from(scores, (score, rank) => Math.abs(score - expected[query]!.scores[rank]!)),
      );
      expect(Math.max(...errors)).toBeLessThan(1e-4);
    }
    expect(tensorflow.memory().numTensors).toBe(before);
    expect(products).toBe(3 * 2 + 1 * 2);
    await fast.search({ data: queries.data.subarray(0, dimensions), count: 1 }, 8);
    expect(products).toBe(8);
  });

  it('stops between two products', async () => {
    const controller = new AbortController();
    const index = createExactIndex({
      dimensions: 2,
      product: async (queries, rows) => {
        controller.abort(new Error('enough'));
        return new Float32Array((queries.length * rows.length) / 4);
      },
    });
    await index.add(Uint32Array.of(1), gaussianRows({ count: 1, dimensions: 2 }));
    const searching = index.search(gaussianRows({ count: 20, dimensions: 2 }), 1, { signal: controller.signal });
    await expect(searching).rejects.toThrow('enough');
  });
});
