import type { Hits, Rows } from '@referent/core';
import type { Usearch } from './load-usearch.js';
import type { Settings } from './options.js';

/** usearch's index with its traps behind it: u32 keys, scores for distances, one answer per query. */
export interface NativeIndex {
  readonly size: number;
  add(keys: Uint32Array, rows: Rows): void;
  /** At most `limit` hits per query. `limit` must not exceed the size. */
  search(queries: Rows, limit: number): Hits[];
  contains(keys: Uint32Array): boolean[];
  remove(keys: Uint32Array): number;
  save(path: string): void;
  load(path: string): void;
  view(path: string): void;
}

export function createNativeIndex(usearch: Usearch, settings: Settings): NativeIndex {
  const { dimensions, quantization, threads } = settings;
  const { Index, MetricKind, ScalarKind, BatchMatches } = usearch;
  const native = new Index({
    dimensions,
    // Between bits, the inner product would count only where both are set.
    metric: quantization === 'b1' ? MetricKind.Hamming : MetricKind.IP,
    quantization: { f32: ScalarKind.F32, f16: ScalarKind.F16, i8: ScalarKind.I8, b1: ScalarKind.B1 }[quantization],
    connectivity: settings.connectivity,
    expansion_add: settings.expansionAdd,
    expansion_search: settings.expansionSearch,
    multi: false,
  });

  return {
    get size() {
      return native.size();
    },
    add: (keys, rows) => native.add(wide(keys), rows.data, threads),
    search({ data, count }, limit) {
      const found: unknown = native.search(data, limit, threads);
      // Declared as Matches, but it is BatchMatches for any number of queries but one.
      const matchesOf = (query: number) =>
        found instanceof BatchMatches ? found.get(query) : (found as { keys: BigUint64Array; distances: Float32Array });
      return Array.from({ length: count }, (_, query) => {
        const { keys, distances } = matchesOf(query);
        const vector = data.subarray(query * dimensions, (query + 1) * dimensions);
        return { keys: narrow(keys), scores: scoresOf(distances, vector, quantization) };
      });
    },
    contains: (keys) => native.contains(wide(keys)) as boolean[],
    remove: (keys) => (native.remove(wide(keys)) as number[]).reduce((sum, removed) => sum + removed, 0),
    save: (path) => native.save(path),
    load: (path) => native.load(path),
    view: (path) => native.view(path),
  };
}

/** usearch's distances are 1 - dot, of what it keeps; ours are dot products of the vectors. */
function scoresOf(distances: Float32Array, query: Float32Array, quantization: Settings['quantization']): Float32Array {
  if (quantization !== 'i8') return distances.map((distance) => 1 - distance);
  // Values are cut to whole 1/127 parts of the vector's length, which shortens every vector by some percent. A query
  // and a stored vector lose about the same, so the query's own square is the better measure than 127 squared.
  const norm = Math.hypot(...query) || 1;
  const square = query.reduce((sum, value) => sum + Math.trunc((value * 127) / norm) ** 2, 0) || 1;
  return distances.map((distance) => ((1 - distance) / square) * norm);
}

const wide = (keys: Uint32Array): BigUint64Array => BigUint64Array.from(keys, BigInt);
const narrow = (keys: BigUint64Array): Uint32Array => Uint32Array.from(keys, Number);
