import type { Hits, Rows } from '@referent/core';
import { type KeyCodec, scatteredKeys } from './key-codec.js';
import type { Usearch } from './load-usearch.js';
import type { Settings } from './options.js';
import { quantizerOf } from './quantizer.js';

/** usearch's index with its traps behind it: u32 keys, scores for distances, one answer per query. */
export interface NativeIndex {
  readonly size: number;
  /** How its keys are given to usearch, and lie in its file. */
  readonly codec: KeyCodec;
  add(keys: Uint32Array, rows: Rows): void;
  /** At most `limit` hits per query. `limit` must not exceed the size. */
  search(queries: Rows, limit: number): Hits[];
  contains(keys: Uint32Array): boolean[];
  remove(keys: Uint32Array): number;
  save(path: string): void;
  load(path: string): void;
  view(path: string): void;
}

export function createNativeIndex(usearch: Usearch, settings: Settings, codec = scatteredKeys): NativeIndex {
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
  const quantizer = quantization === 'i8' ? quantizerOf(dimensions) : undefined;
  const kept = (data: Float32Array) => quantizer?.quantize(data) ?? data;

  return {
    get size() {
      return native.size();
    },
    codec,
    add: (keys, rows) => native.add(codec.encode(keys), kept(rows.data), threads),
    search({ data, count }, limit) {
      const found: unknown = native.search(kept(data), limit, threads);
      // Declared as Matches, but it is BatchMatches for any number of queries but one.
      const isBatch = found instanceof BatchMatches;
      const { keys, distances } = found as { keys: BigUint64Array; distances: Float32Array };
      const decoded = codec.decode(keys);
      return Array.from({ length: count }, (_, query) => {
        const from = isBatch ? query * limit : 0;
        const to = isBatch ? from + Number(found.counts[query]) : decoded.length;
        const vector = data.subarray(query * dimensions, (query + 1) * dimensions);
        const factor = quantizer?.scoreOf(vector) ?? 1;
        const scores = new Float32Array(to - from);
        // usearch's distances are 1 - dot, of what it keeps; ours are dot products of the vectors.
        for (let at = from; at < to; at++) scores[at - from] = (1 - distances[at]!) * factor;
        return { keys: decoded.slice(from, to), scores };
      });
    },
    contains: (keys) => native.contains(codec.encode(keys)) as boolean[],
    remove: (keys) => (native.remove(codec.encode(keys)) as number[]).reduce((sum, removed) => sum + removed, 0),
    save: (path) => native.save(path),
    load: (path) => native.load(path),
    view: (path) => native.view(path),
  };
}
