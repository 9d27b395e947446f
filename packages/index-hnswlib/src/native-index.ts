import type { Hits } from '@referent/core';
import type { Hnswlib } from './load-hnswlib.js';
import type { Settings } from './options.js';

/**
 * hnswlib's graph with its traps behind it: it has a fixed capacity, counts what was deleted as stored, and takes and
 * gives plain arrays.
 */
export interface NativeIndex {
  /** The keys that can be found. */
  readonly keys: ReadonlySet<number>;
  /** Makes room for so many vectors beside those that are stored or were. May run out of memory. */
  reserve(more: number): void;
  /** Stores a vector, or replaces the one that has its key. */
  put(key: number, vector: Float32Array): void;
  delete(key: number): void;
  vectorOf(key: number): number[];
  /** By the graph: at most `limit`, fewer where it does not reach enough. `limit` must not exceed the size. */
  search(query: Float32Array, limit: number, isAllowed?: (key: number) => boolean): Hits;
  save(path: string): void;
}

/** Room of an index that is new: hnswlib must know it, and is given twice as much whenever it is used up. */
const firstCapacity = 1024;

export function createNativeIndex({ HierarchicalNSW }: Hnswlib, settings: Settings): NativeIndex {
  const native = new HierarchicalNSW('ip', settings.dimensions);
  native.initIndex({ maxElements: firstCapacity, m: settings.connectivity, efConstruction: settings.expansionAdd });
  return nativeIndex(native, settings, new Set());
}

/** @param keys those that were not deleted when it was saved: the file does not tell */
export function loadNativeIndex(
  { HierarchicalNSW }: Hnswlib,
  settings: Settings,
  path: string,
  keys: Uint32Array,
): NativeIndex {
  const native = new HierarchicalNSW('ip', settings.dimensions);
  native.readIndexSync(path);
  return nativeIndex(native, settings, new Set(keys));
}

function nativeIndex(
  native: InstanceType<Hnswlib['HierarchicalNSW']>,
  { expansionSearch }: Settings,
  keys: Set<number>,
): NativeIndex {
  return {
    keys,
    reserve(more) {
      const wanted = native.getCurrentCount() + more;
      if (wanted > native.getMaxElements()) native.resizeIndex(Math.max(wanted, 2 * native.getMaxElements()));
    },
    put(key, vector) {
      native.addPoint(Array.from(vector), key);
      keys.add(key);
    },
    delete(key) {
      native.markDelete(key);
      keys.delete(key);
    },
    vectorOf: (key) => native.getPoint(key),
    search(query, limit, isAllowed) {
      native.setEf(Math.max(expansionSearch, limit));
      const { neighbors, distances } = native.searchKnn(Array.from(query), limit, isAllowed);
      // hnswlib's distances are 1 - dot.
      return { keys: Uint32Array.from(neighbors), scores: Float32Array.from(distances, (distance) => 1 - distance) };
    },
    save: (path) => native.writeIndexSync(path),
  };
}
