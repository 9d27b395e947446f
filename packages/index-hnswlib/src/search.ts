import { setImmediate } from 'node:timers/promises';
import type { Hits, Rows } from '@referent/core';
import type { NativeIndex } from './native-index.js';

/** hnswlib works on the thread that calls it: so many queries are answered before others get their turn. */
const queriesBetweenPauses = 64;
/** A comparison in the graph costs about as much as so many of allowed keys one by one. */
const graphCost = 20;

interface Asked {
  readonly k: number;
  /** Only these, if given. */
  readonly keys?: Uint32Array | undefined;
  readonly expansionSearch: number;
  readonly signal?: AbortSignal | undefined;
}

/** Few allowed keys are compared one by one; what the graph does not reach is made up for in the same way. */
export async function search(
  native: NativeIndex,
  { data, count }: Rows,
  { k, keys, expansionSearch, signal }: Asked,
): Promise<Hits[]> {
  const allowed = keys && new Set(Array.from(keys).filter((key) => native.keys.has(key)));
  const limit = Math.min(k, (allowed ?? native.keys).size);
  const isFew = allowed !== undefined && allowed.size <= graphCost * Math.max(limit, expansionSearch);
  const dimensions = data.length / count;
  const found: Hits[] = [];
  for (let query = 0; query < count; query++) {
    if (query > 0 && query % queriesBetweenPauses === 0) await setImmediate();
    signal?.throwIfAborted();
    const vector = data.subarray(query * dimensions, (query + 1) * dimensions);
    const hits =
      isFew || limit === 0 ? undefined : native.search(vector, limit, allowed && ((key) => allowed.has(key)));
    found.push(hits?.keys.length === limit ? ordered(hits) : comparingAll(native, vector, limit, allowed));
  }
  return found;
}

/** The slow way, which misses nothing. */
function comparingAll(native: NativeIndex, query: Float32Array, k: number, allowed = native.keys): Hits {
  const keys = k === 0 ? new Uint32Array() : Uint32Array.from(allowed);
  const scores = Float32Array.from(keys, (key) =>
    native.vectorOf(key).reduce((sum, value, d) => sum + value * query[d]!, 0),
  );
  return ordered({ keys, scores }, k);
}

/** The best `k`, best first; ties: the smaller key first. */
function ordered({ keys, scores }: Hits, k = keys.length): Hits {
  const order = Uint32Array.from(keys.keys())
    .sort((a, b) => scores[b]! - scores[a]! || keys[a]! - keys[b]!)
    .subarray(0, k);
  return { keys: order.map((at) => keys[at]!), scores: Float32Array.from(order, (at) => scores[at]!) };
}
