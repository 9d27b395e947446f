import { setImmediate } from 'node:timers/promises';
import type { Hits, Rows } from '@referent/core';
import { exactSearch, rescored } from './exact-search.js';
import type { Usearch } from './load-usearch.js';
import type { NativeIndex } from './native-index.js';
import type { Settings } from './options.js';
import type { Snapshot } from './snapshot.js';

/** usearch works on the thread that calls it: so many queries are answered before others get their turn. */
const queriesBetweenPauses = 256;
/** Hits to be scored again beside those that oversampling gives, which are few where k is small. */
const rescoreReserve = 8;
/** Vectors that are read at once to score hits again: bounds the memory, and how long others wait for their turn. */
const rowsReadAtOnce = 4096;
/** More hits than allowed ones are fetched, as they do not lie evenly. */
const filterReserve = 2;
/** A comparison in the graph costs about as much as so many in a row. */
const graphCost = 20;

export type Search = (
  native: NativeIndex,
  queries: Rows,
  k: number,
  keys: Uint32Array | undefined,
  signal: AbortSignal | undefined,
  /** Leaves the scores as the quantization has them, and fetches no more than k. @default false */
  isRough?: boolean,
) => Promise<Hits[]>;

export function createSearch(usearch: Usearch, settings: Settings, snapshot: Snapshot): Search {
  const { dimensions, rescore, threads } = settings;
  const ofQuantization = rescoring(settings);

  /** The nearest by the graph: at most `limit` each, fewer where the graph does not reach enough. */
  async function nearest(native: NativeIndex, queries: Rows, limit: number, signal?: AbortSignal): Promise<Hits[]> {
    const found: Hits[] = [];
    for (let from = 0; from < queries.count; from += queriesBetweenPauses) {
      if (from > 0) await setImmediate();
      signal?.throwIfAborted();
      found.push(...native.search(slice(queries, from, from + queriesBetweenPauses), Math.min(limit, native.size)));
    }
    return found;
  }

  /** Compares all of `keys`, or of all keys that there are. */
  async function exact(queries: Rows, k: number, keys?: Uint32Array, signal?: AbortSignal): Promise<Hits[]> {
    const common = { queries, k, threads, signal };
    if (rescore && keys) return exactSearch(usearch, { ...common, keys, readRows: (some) => rescore.read(some) });
    return snapshot.use((rows) => {
      const present = keys?.filter((key) => rows.has(key)) ?? rows.keys();
      const readRows = (some: Uint32Array) => (rescore ?? rows).read(some);
      return exactSearch(usearch, { ...common, keys: present, readRows });
    });
  }

  /** Answers the queries that have too few hits again, by comparing all. */
  async function completed(
    queries: Rows,
    found: Hits[],
    k: number,
    keys?: Uint32Array,
    signal?: AbortSignal,
  ): Promise<Hits[]> {
    const short = [...found.keys()].filter((query) => found[query]!.keys.length < k);
    if (short.length === 0) return found;
    const data = Float32Array.from(
      short.flatMap((query) => [...queries.data.subarray(query * dimensions, (query + 1) * dimensions)]),
    );
    const answers = await exact({ data, count: short.length }, k, keys, signal);
    const complete = found.slice();
    short.forEach((query, at) => {
      complete[query] = answers[at]!;
    });
    return complete;
  }

  return async (native, queries, k, keys, signal, isRough = false) => {
    const { fetchedFor, withScores } = isRough ? rough : ofQuantization;
    if (!keys) {
      const limit = Math.min(k, native.size);
      const found = await nearest(native, queries, fetchedFor(limit), signal);
      return completed(queries, await withScores(queries, found, limit, signal), limit, undefined, signal);
    }

    const wanted = Uint32Array.from(new Set(keys));
    const stored = wanted.length > 0 ? native.contains(wanted) : [];
    const allowed = wanted.filter((_, at) => stored[at]);
    const limit = Math.min(k, allowed.length);
    const fetched = Math.ceil((fetchedFor(limit) * filterReserve * native.size) / allowed.length);
    if (limit === 0 || allowed.length <= graphCost * fetched) return exact(queries, limit, allowed, signal);
    const permitted = new Set(allowed);
    const found = (await nearest(native, queries, fetched, signal)).map((hits) =>
      only(hits, permitted, fetchedFor(limit)),
    );
    return completed(queries, await withScores(queries, found, limit, signal), limit, allowed, signal);
  };
}

export interface Rescoring {
  /** How many hits are fetched, so that the best `limit` are among them. */
  fetchedFor(limit: number): number;
  /** The best `k`, with scores in full precision where it is to be had. */
  withScores(queries: Rows, found: Hits[], k: number, signal?: AbortSignal): Promise<Hits[]> | Hits[];
}

const rough: Rescoring = {
  fetchedFor: (limit) => limit,
  withScores: (_, found, k) => found.map((hits) => cut(hits, k)),
};

export function rescoring({
  dimensions,
  rescore,
  oversampling,
}: Pick<Settings, 'dimensions' | 'rescore' | 'oversampling'>): Rescoring {
  if (!rescore) return rough;
  const store = rescore;
  /** Memory that the last search read into: making and freeing it would take a good part of the time of a search. */
  let spare: Float32Array | undefined;
  async function scored(queries: Rows, found: readonly Hits[], k: number, signal?: AbortSignal): Promise<Hits[]> {
    const keys = distinct(found);
    const wanted = keys.length * dimensions;
    const into = spare && spare.length >= wanted ? spare : new Float32Array(wanted);
    spare = undefined; // another search may begin before this one ends
    const { data } = await store.read(keys, { into, signal });
    const hits = rescored(queries, found, keys, data, k);
    if (into.length <= rowsReadAtOnce * dimensions) spare = into;
    return hits;
  }
  return {
    fetchedFor: (limit) => Math.ceil(limit * oversampling) + rescoreReserve,
    async withScores(queries, found, k, signal) {
      const most = found.reduce((longest, { keys }) => Math.max(longest, keys.length), 1);
      const together = Math.max(1, Math.floor(rowsReadAtOnce / most));
      if (found.length <= together) return scored(queries, found, k, signal);
      const all: Hits[] = [];
      for (let from = 0; from < found.length; from += together) {
        if (from > 0) await setImmediate();
        signal?.throwIfAborted();
        const some = slice(queries, from, from + together);
        all.push(...(await scored(some, found.slice(from, from + together), k, signal)));
      }
      return all;
    },
  };
}

function slice({ data, count }: Rows, from: number, to: number): Rows {
  const dimensions = data.length / count;
  const end = Math.min(to, count);
  return { data: data.subarray(from * dimensions, end * dimensions), count: end - from };
}

/** The keys of all hits, each once, ascending: the order in which they lie on the disk. */
function distinct(found: readonly Hits[]): Uint32Array {
  const all = new Uint32Array(found.reduce((sum, { keys }) => sum + keys.length, 0));
  let at = 0;
  for (const { keys } of found) {
    all.set(keys, at);
    at += keys.length;
  }
  all.sort();
  return all.filter((key, place) => place === 0 || key !== all[place - 1]);
}

function cut({ keys, scores }: Hits, k: number): Hits {
  return { keys: keys.slice(0, k), scores: scores.slice(0, k) };
}

function only({ keys, scores }: Hits, permitted: ReadonlySet<number>, k: number): Hits {
  const kept = [...keys.keys()].filter((at) => permitted.has(keys[at]!)).slice(0, k);
  return { keys: Uint32Array.from(kept, (at) => keys[at]!), scores: Float32Array.from(kept, (at) => scores[at]!) };
}
