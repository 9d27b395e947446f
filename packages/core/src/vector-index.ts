import { ReferentError } from './errors.js';
import type { ReadVectorsOptions } from './work-options.js';

/** `count` vectors of equal length, row after row. The count is explicit: 6 numbers are not silently 2 x 3. */
export interface Rows {
  readonly data: Float32Array; // [count, dimensions]
  readonly count: number;
}

/** The answer to one query, best first; `keys[i]` scored `scores[i]`. */
export interface Hits {
  readonly keys: Uint32Array;
  /** Inner product with the query. Higher is better in every backend, whatever it computes inside. */
  readonly scores: Float32Array;
}

export interface SearchOptions {
  /** Only these keys may be found: a world, a type, a tenant. Keys that are not stored are ignored. */
  readonly keys?: Uint32Array | undefined;
  /** Stops the search, which then throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeOptions {
  /** Takes the change back, as far as it went, and throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the stored vectors with the largest inner product with a query.
 *
 * What only some backends can do is an optional method: absent, never there to throw. Changes of one object run one
 * after another; what a change has stored when it resolves, the next search finds. A backend behind a connection
 * throws `INDEX_CONNECTION_LOST` where it cannot tell how far a change went. Part of it may then be stored, and may be
 * found, until the same call is made again: that call completes it, whatever part was stored, and leaves no duplicates.
 */
export interface VectorIndex {
  /** Backend name, as shown in errors, manifests and benchmark tables. */
  readonly name: string;
  /** Length of every stored vector and every query. */
  readonly dimensions: number;
  /** Vectors that a search can return now. */
  readonly size: number;

  /**
   * Stores row i under `keys[i]`. All or nothing: a batch that is refused or aborted leaves the index as it was.
   * The arrays may be changed as soon as the call is made.
   * @throws `INDEX_INVALID_VECTORS` wrong length, or a value that is not finite
   * @throws `INDEX_DUPLICATE_KEY` a key is already stored, or occurs twice in `keys`
   * @throws `INDEX_CONNECTION_LOST` make the same call again
   */
  add(keys: Uint32Array, rows: Rows, options?: ChangeOptions): Promise<void>;

  /**
   * One `Hits` per query, in the order of the queries, each of length min(k, size) (or the number of allowed keys).
   * @throws `INDEX_INVALID_VECTORS` as `add`; `INDEX_INVALID_K` k is not a positive integer
   */
  search(queries: Rows, k: number, options?: SearchOptions): Promise<Hits[]>;

  /**
   * Stores row i under `keys[i]`, in the place of what was there, if anything was. All or nothing, as `add`; made twice,
   * the second call changes nothing. Absent where the backend cannot replace.
   * @throws `INDEX_INVALID_VECTORS` as `add`; `INDEX_DUPLICATE_KEY` a key occurs twice in `keys`
   */
  update?(keys: Uint32Array, rows: Rows, options?: ChangeOptions): Promise<void>;

  /** Forgets these keys and returns how many were stored. Absent where the backend cannot delete. */
  remove?(keys: Uint32Array, options?: ChangeOptions): Promise<number>;

  /** Writes the index to one file, atomically: a reader sees the old file or the new one. Absent where it lives elsewhere. */
  save?(path: string, options?: ChangeOptions): Promise<void>;

  /** Frees native memory and connections. May be called twice; every other method then throws `INDEX_CLOSED`. */
  close(): Promise<void>;
}

/** Full-precision vectors by key, wherever they are kept. */
export interface VectorStore {
  readonly dimensions: number;
  /** One row per key, in the order of `keys`. Throws `VECTORS_MISSING_KEY` for a key that has none. */
  read(keys: Uint32Array, options?: ReadVectorsOptions): Promise<Rows>;
}

/** The check that every adapter makes first, so that all backends refuse the same input in the same words. */
export function assertRows(
  index: Pick<VectorIndex, 'name' | 'dimensions'>,
  { data, count }: Rows,
  keys?: Uint32Array,
): void {
  if (keys && keys.length !== count)
    throw invalid(`${index.name}: ${count} vectors need ${count} keys, got ${keys.length}.`);
  const { dimensions } = index;
  if (data.length !== count * dimensions) {
    throw invalid(
      `${index.name}: ${count} vectors of ${dimensions} need ${count * dimensions} numbers, got ${data.length}.`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw invalid(
        `${index.name}: vector ${Math.floor(i / dimensions)} has ${data[i]} at position ${i % dimensions}.`,
      );
    }
  }
}

/** @throws `INDEX_INVALID_K` */
export function assertK(index: Pick<VectorIndex, 'name'>, k: number): void {
  if (Number.isInteger(k) && k > 0) return;
  throw new ReferentError('INDEX_INVALID_K', { what: `${index.name}: k must be a positive integer, got ${k}.` });
}

/** The check that `update`, and `add` before it asks what is stored, make. @throws `INDEX_DUPLICATE_KEY` */
export function assertDistinct(keys: Uint32Array): void {
  const seen = new Set<number>();
  for (const key of keys) {
    if (seen.has(key)) throw repeatedKeyError(key);
    seen.add(key);
  }
}

export function duplicateKeyError(key: number): ReferentError {
  return new ReferentError('INDEX_DUPLICATE_KEY', {
    what: `Key ${key} is already stored.`,
    fix: 'Remove it first, or build a new index.',
    details: { key },
  });
}

function repeatedKeyError(key: number): ReferentError {
  return new ReferentError('INDEX_DUPLICATE_KEY', {
    what: `Key ${key} occurs twice in one batch.`,
    fix: 'Give every vector a key of its own.',
    details: { key },
  });
}

export function indexClosedError(index: Pick<VectorIndex, 'name'>): ReferentError {
  return new ReferentError('INDEX_CLOSED', {
    what: `${index.name}: the index is closed.`,
    fix: 'Open or build it again before the next call.',
  });
}

function invalid(what: string): ReferentError {
  return new ReferentError('INDEX_INVALID_VECTORS', { what });
}
