import type { Hits, Rows } from '@referent/core';
import { type DotKernel, queryGroup } from './dot-kernel.js';
import type { MatrixProduct } from './matrix-product.js';
import { blockRows, type RowBlock, type RowSource } from './row-source.js';
import { createTopHits, type TopHits } from './top-hits.js';

/** Multiplications between two looks at the signal: some 30 ms. */
const workBetweenPauses = 1e8;
/** Queries in one product of matrices: bounds its result, which is 4 bytes per row and query. */
const productQueries = 256;
/** For fewer queries the call costs more than the product saves. */
export const fewestProductQueries = 16;

/** Compares a block of rows with all queries and offers what it finds. */
type Compare = (block: RowBlock, tops: readonly TopHits[], signal: AbortSignal | undefined) => Promise<void> | void;

/**
 * Compares every query with every row (or with the rows in `slots` alone), block by block, so that a block is
 * read from memory, or from the disk, once for all queries.
 */
export async function scan(
  compare: Compare,
  source: RowSource,
  queryCount: number,
  k: number,
  slots: Uint32Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Hits[]> {
  const candidates = slots?.length ?? source.count;
  const tops = Array.from({ length: queryCount }, () => createTopHits(Math.min(k, candidates)));
  const reader = source.openReader();
  const blockAt = (from: number) =>
    slots
      ? reader.gather(slots.subarray(from, from + blockRows))
      : reader.block(from, Math.min(blockRows, candidates - from));

  let next = candidates > 0 && queryCount > 0 ? blockAt(0) : undefined;
  try {
    for (let from = 0; next; from += blockRows) {
      const block: RowBlock = next instanceof Promise ? await next : next;
      signal?.throwIfAborted();
      const following = from + blockRows;
      // A block of a file is read while the one before it is compared. In memory there is nothing to wait for.
      const ahead = next instanceof Promise && following < candidates ? blockAt(following) : undefined;
      next = ahead;
      await compare(block, tops, signal);
      if (!ahead && following < candidates) next = blockAt(following);
    }
  } finally {
    if (next instanceof Promise) await next.catch(() => undefined); // the file may be closed when this returns
  }
  return tops.map((top) => top.hits());
}

/** Four queries at a time, by the kernel. */
export function byKernel(kernel: DotKernel, queries: Rows): Compare {
  const dimensions = queries.data.length / queries.count;
  const groups = groupQueries(queries, dimensions);
  const scores = new Float32Array(queryGroup * blockRows);
  let work = 0;
  return async ({ rows, keys }, tops, signal) => {
    kernel.load(rows, keys.length);
    for (let group = 0; group < groups.length; group++) {
      work += keys.length * dimensions * queryGroup;
      if (signal && work > workBetweenPauses) {
        work = 0;
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal.throwIfAborted();
        kernel.load(rows, keys.length); // another search may have used it
      }
      const first = group * queryGroup;
      kernel.dots(groups[group]!, scores);
      for (let query = first; query < Math.min(first + queryGroup, queries.count); query++) {
        tops[query]!.offer(keys, scores.subarray((query - first) * blockRows), keys.length);
      }
    }
  };
}

/** Many queries at a time, by an engine's product of matrices. */
export function byProduct(product: MatrixProduct, { data, count }: Rows): Compare {
  const dimensions = data.length / count;
  return async ({ rows, keys }, tops, signal) => {
    const some = rows.subarray(0, keys.length * dimensions);
    for (let from = 0; from < count; from += productQueries) {
      const length = Math.min(productQueries, count - from);
      const part = data.subarray(from * dimensions, (from + length) * dimensions);
      const scores = await product(part, some, dimensions); // [length, keys]
      signal?.throwIfAborted();
      for (let query = 0; query < length; query++) {
        tops[from + query]!.offer(keys, scores.subarray(query * keys.length), keys.length);
      }
    }
  };
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
