import { gaussianRows } from '@referent/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDotKernel, createPlainKernel, createSimdKernel } from './dot-kernel.js';
import { createExactIndex } from './index.js';
import { blockRows } from './row-source.js';

afterEach(() => vi.unstubAllGlobals());

describe('createSimdKernel', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 31, 384, 1024])('equals the plain kernel on %i dimensions', (dimensions) => {
    const fast = createSimdKernel(dimensions)!;
    const slow = createPlainKernel(dimensions);
    const block = gaussianRows({ count: blockRows, dimensions, seed: 1 }).data;
    for (const rowCount of [1, 2, 5, blockRows]) {
      for (const queryCount of [1, 4]) {
        const queries = gaussianRows({ count: queryCount, dimensions, seed: rowCount }).data;
        const [found, expected] = [fast, slow].map((kernel) => {
          const scores = new Float32Array(4 * blockRows);
          kernel.load(block, rowCount);
          kernel.dots(queries, scores);
          return Array.from({ length: queryCount }, (_, query) =>
            Array.from(scores.subarray(query * blockRows, query * blockRows + rowCount)),
          ).flat();
        });
        const largest = Math.max(...found!.map((score, at) => Math.abs(score - expected![at]!)));
        expect(largest).toBeLessThan(1e-6 * dimensions);
      }
    }
  });

  it('gives one query and four the same scores, to the last bit', () => {
    const kernel = createSimdKernel(100)!;
    const queries = gaussianRows({ count: 4, dimensions: 100, seed: 3 }).data;
    kernel.load(gaussianRows({ count: blockRows, dimensions: 100 }).data, 50);
    const [together, alone] = [new Float32Array(4 * blockRows), new Float32Array(4 * blockRows)];
    kernel.dots(queries, together);
    for (let query = 0; query < 4; query++) {
      kernel.dots(queries.subarray(query * 100, (query + 1) * 100), alone);
      const start = query * blockRows;
      expect([...alone.subarray(0, 50)]).toEqual([...together.subarray(start, start + 50)]);
    }
  });
});

describe('createDotKernel', () => {
  it.each([
    ['is missing', undefined],
    [
      'is forbidden',
      {
        Module: class {
          constructor() {
            throw new Error('blocked by policy');
          }
        },
      },
    ],
  ])('works in plain JavaScript where WebAssembly %s', async (_, WebAssembly) => {
    vi.stubGlobal('WebAssembly', WebAssembly);
    vi.resetModules();
    const fresh = await import('./dot-kernel.js');
    expect(fresh.createSimdKernel(8)).toBeUndefined();
    const [rows, queries] = [1, 2].map((seed) => gaussianRows({ count: 30, dimensions: 8, seed }));
    const scores = new Float32Array(4 * blockRows);
    const kernel = fresh.createDotKernel(8);
    kernel.load(rows!.data, 30);
    kernel.dots(queries!.data.subarray(0, 8), scores);
    expect(scores[29]).not.toBe(0);
  });

  it('is the one with SIMD here', async () => {
    expect(createSimdKernel(8)).toBeDefined();
    expect(createDotKernel(8)).toBeDefined();
    const index = createExactIndex({ dimensions: 8 });
    expect(await index.search(gaussianRows({ count: 1, dimensions: 8 }), 1)).toHaveLength(1);
  });
});
