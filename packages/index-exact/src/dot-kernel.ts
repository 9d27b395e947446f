import { blockRows } from './row-source.js';
import { createSimdDots, laneCount, type SimdDots } from './simd-dots.js';

/** Queries that one pass over a block of rows answers together. */
export const queryGroup = 4;

/** Inner products of a block of rows with one query or with four. */
export interface DotKernel {
  /** The rows for the next `dots`. Whoever lets others run in between loads again. */
  load(rows: Float32Array, count: number): void; // [blockRows, dimensions]
  /** `scores[q * blockRows + r]` for every loaded row; there may be up to three values more: ignore those. */
  dots(queries: Float32Array, scores: Float32Array): void; // [1 or 4, dimensions], [4, blockRows]
}

/** With SIMD instructions by WebAssembly where there is any, else in plain JavaScript: several times slower. */
export function createDotKernel(dimensions: number): DotKernel {
  return createSimdKernel(dimensions) ?? createPlainKernel(dimensions);
}

/** Undefined where the platform has no WebAssembly with SIMD, or forbids it. */
export function createSimdKernel(dimensions: number): DotKernel | undefined {
  const padded = Math.ceil(dimensions / laneCount) * laneCount;
  const simd = createSimdDots((blockRows + queryGroup) * padded + queryGroup * blockRows);
  return simd && simdKernel(simd, dimensions, padded);
}

function simdKernel({ memory, dots }: SimdDots, dimensions: number, padded: number): DotKernel {
  // [blockRows, padded] rows, [4, padded] queries, [4, blockRows] scores; the padding stays 0.
  const rows = memory.subarray(0, blockRows * padded);
  const queries = memory.subarray(rows.length, rows.length + queryGroup * padded);
  const results = memory.subarray(rows.length + queries.length, rows.length + queries.length + queryGroup * blockRows);
  const rowBytes = padded * 4;
  let loaded = 0;

  const copy = (from: Float32Array, to: Float32Array, count: number) => {
    if (padded === dimensions) return to.set(from.subarray(0, count * dimensions));
    for (let row = 0; row < count; row++) {
      to.set(from.subarray(row * dimensions, (row + 1) * dimensions), row * padded);
    }
  };

  return {
    load(block, count) {
      copy(block, rows, count);
      loaded = count;
    },
    dots(group, scores) {
      const count = group.length / dimensions;
      copy(group, queries, count);
      const [rowsAt, queriesAt, resultsAt] = [rows.byteOffset, queries.byteOffset, results.byteOffset];
      if (count === queryGroup) {
        dots(rowsAt, queriesAt, resultsAt, loaded, rowBytes, rowBytes, 0, 4, 4 * blockRows);
        scores.set(results);
      } else {
        // The roles change: the query is the one, and four rows at a time are the four.
        dots(queriesAt, rowsAt, resultsAt, Math.ceil(loaded / 4), rowBytes, 0, 4 * rowBytes, 16, 4);
        scores.set(results.subarray(0, blockRows));
      }
    },
  };
}

/** The slow twin: one sum per row and query. */
export function createPlainKernel(dimensions: number): DotKernel {
  let rows: Float32Array = new Float32Array();
  let loaded = 0;
  return {
    load(block, count) {
      rows = block;
      loaded = count;
    },
    dots(queries, scores) {
      const count = queries.length / dimensions;
      for (let row = 0; row < loaded; row++) {
        const at = row * dimensions;
        for (let query = 0; query < count; query++) {
          const from = query * dimensions;
          let sum = 0;
          for (let d = 0; d < dimensions; d++) sum += rows[at + d]! * queries[from + d]!;
          scores[query * blockRows + row] = sum;
        }
      }
    },
  };
}
