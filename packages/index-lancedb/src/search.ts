import type { Table } from '@lancedb/lancedb';
import type { Hits, Rows } from '@referent/core';
import { storageError } from './errors.js';
import type { LancedbGraph, Settings } from './options.js';

/** Queries of one call: they see the same state of the table, and LanceDB spreads them over the cores. */
const queriesAtOnce = 64;

export interface SearchPlan {
  readonly queries: Rows;
  readonly k: number;
  /** Each once. */
  readonly allowed: Uint32Array | undefined;
  readonly size: number;
  readonly hasGraph: boolean;
  readonly signal: AbortSignal | undefined;
}

export async function search(table: Table, settings: Settings, plan: SearchPlan): Promise<Hits[]> {
  const { dimensions } = settings;
  const { queries, signal } = plan;
  const found: Hits[] = [];
  for (let from = 0; from < queries.count; from += queriesAtOnce) {
    signal?.throwIfAborted();
    const to = Math.min(from + queriesAtOnce, queries.count);
    const data = queries.data.subarray(from * dimensions, to * dimensions);
    found.push(...(await searchPortion(table, settings, { ...plan, queries: { data, count: to - from } })));
  }
  signal?.throwIfAborted();
  return found;
}

async function searchPortion(table: Table, settings: Settings, plan: SearchPlan): Promise<Hits[]> {
  const { k, allowed, size, hasGraph } = plan;
  // The graph is for the few nearest of many: whoever wants most rows, or few rows let through, has all compared.
  const isExact = !hasGraph || 2 * k >= size || (allowed !== undefined && allowed.length ** 2 <= 40 * k * size);
  const found = await ask(table, settings, plan, isExact);
  if (isExact) return found;
  const wanted = Math.min(k, allowed?.length ?? size);
  return found.some(({ keys }) => keys.length < wanted) ? ask(table, settings, plan, true) : found;
}

async function ask(table: Table, settings: Settings, plan: SearchPlan, isExact: boolean): Promise<Hits[]> {
  const { dimensions, probes, graph, expansionSearch, oversampling, folder } = settings;
  const { queries, k, allowed, size } = plan;
  const metric = isExact ? 'dot' : metricOf(graph);
  const vector = (query: number) => {
    const own = queries.data.slice(query * dimensions, (query + 1) * dimensions);
    // The bytes of hnsw-sq cover the range of stored vectors: a longer query would not fit in.
    return metric === 'l2' ? unit(own) : own;
  };
  const limit = Math.max(1, Math.min(k, size));
  try {
    let query = table.query().nearestTo(vector(0)).distanceType(metric).select(['key', '_distance']).limit(limit);
    for (let at = 1; at < queries.count; at++) query = query.addQueryVector(vector(at));
    if (allowed) query = query.where(`key IN (${allowed.join(',')})`);
    if (isExact) query = query.bypassVectorIndex();
    else {
      query = query.nprobes(probes).refineFactor(oversampling);
      if (graph === 'hnsw-sq') query = query.ef(Math.max(expansionSearch, limit * oversampling));
    }
    const answer = await query.toArrow();
    const column = (name: string): ArrayLike<number> => answer.getChild(name)?.toArray() ?? [];
    const scoreOf = metric === 'dot' ? scoreOfDot : scoreOfUnitDistance(queries);
    return toHits(column('query_index'), column('key'), column('_distance'), queries.count, scoreOf);
  } catch (cause) {
    throw storageError('a search', folder, cause);
  }
}

/** What the graph is built with. */
export function metricOf(graph: LancedbGraph): 'dot' | 'l2' {
  return graph === 'hnsw-sq' ? 'l2' : 'dot';
}

type ScoreOf = (distance: number, query: number) => number;

/** LanceDB's distance by `dot` is one minus the inner product. */
const scoreOfDot: ScoreOf = (distance) => 1 - distance;

/** |q - v|^2 = 2 - 2 qv where both have length 1; LanceDB's `l2` is the square. */
function scoreOfUnitDistance({ data, count }: Rows): ScoreOf {
  const dimensions = data.length / count;
  const lengths = Array.from({ length: count }, (_, at) => Math.sqrt(squareOf(data, at * dimensions, dimensions)));
  return (distance, query) => lengths[query]! * (1 - distance / 2);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(squareOf(vector, 0, vector.length));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

export function squareOf(data: Float32Array, from: number, dimensions: number): number {
  let sum = 0;
  for (let d = from; d < from + dimensions; d++) sum += data[d]! * data[d]!;
  return sum;
}

/** Rows come in any order of the queries; one query alone has no number. */
function toHits(
  queries: ArrayLike<number>,
  keys: ArrayLike<number>,
  distances: ArrayLike<number>,
  count: number,
  scoreOf: ScoreOf,
): Hits[] {
  const rows: { key: number; score: number }[][] = Array.from({ length: count }, () => []);
  for (let at = 0; at < keys.length; at++) {
    const query = queries[at] ?? 0;
    rows[query]!.push({ key: keys[at]!, score: scoreOf(distances[at]!, query) });
  }
  return rows.map((own) => {
    own.sort((a, b) => b.score - a.score || a.key - b.key);
    return {
      keys: Uint32Array.from(own, ({ key }) => key),
      scores: Float32Array.from(own, ({ score }) => score),
    };
  });
}
