import type { Hits, Rows } from '@referent/core';
import { type DotKernel, queryGroup } from './dot-kernel.js';
import { blockRows, type StorageSnapshot } from './row-storage.js';
import { createTopHits } from './top-hits.js';

/** Multiplications between two looks at the signal: some 30 ms. */
const workBetweenPauses = 1e8;

/**
 * Compares every query with every row (or with the rows in `slots` alone), block by block, so that a block is
 * read from memory once for all queries.
 */
export async function scan(
  kernel: DotKernel,
  { count, keys, blocks }: StorageSnapshot,
  queries: Rows,
  k: number,
  slots: Uint32Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Hits[]> {
  const candidates = slots?.length ?? count;
  const dimensions = queries.data.length / queries.count;
  const groups = groupQueries(queries, dimensions);
  const scores = new Float32Array(queryGroup * blockRows);
  const tops = Array.from({ length: queries.count }, () => createTopHits(Math.min(k, candidates)));
  const gathered = slots && { rows: new Float32Array(blockRows * dimensions), keys: new Uint32Array(blockRows) };
  let work = 0;

  for (let from = 0; from < candidates; from += blockRows) {
    const length = Math.min(blockRows, candidates - from);
    let rows = blocks[from / blockRows]!;
    let rowKeys = keys.subarray(from, from + length);
    if (gathered) {
      slots.subarray(from, from + length).forEach((slot, row) => {
        const start = (slot % blockRows) * dimensions;
        const block = blocks[Math.floor(slot / blockRows)]!;
        gathered.rows.set(block.subarray(start, start + dimensions), row * dimensions);
        gathered.keys[row] = keys[slot]!;
      });
      rows = gathered.rows;
      rowKeys = gathered.keys;
    }

    kernel.load(rows, length);
    for (let group = 0; group < groups.length; group++) {
      work += length * dimensions * queryGroup;
      if (signal && work > workBetweenPauses) {
        work = 0;
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal.throwIfAborted();
        kernel.load(rows, length); // another search may have used it
      }
      const first = group * queryGroup;
      kernel.dots(groups[group]!, scores);
      for (let query = first; query < Math.min(first + queryGroup, queries.count); query++) {
        tops[query]!.offer(rowKeys, scores.subarray((query - first) * blockRows), length);
      }
    }
  }
  return tops.map((top) => top.hits());
}

/** Queries in groups of four, the last one filled up with zeros; a single query stays alone. */
function groupQueries({ data, count }: Rows, dimensions: number): Float32Array[] {
  if (count === 1) return [data];
  return Array.from({ length: Math.ceil(count / queryGroup) }, (_, group) => {
    const four = new Float32Array(queryGroup * dimensions); // [4, dimensions]
    four.set(data.subarray(group * four.length, (group + 1) * four.length));
    return four;
  });
}
