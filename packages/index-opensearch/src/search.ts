import type { Hits, Rows } from '@referent/core';
import type { Client } from './client.js';
import { isBusy, type ServerFailure, toReferentError } from './errors.js';
import { keyField, vectorField } from './lucene-index.js';
import type { Settings } from './options.js';
import { forEachOf, pause, waitBefore } from './waiting.js';
import { innerProductOf, vectorText } from './wire.js';

/** Queries of one request, so that requests share the connections and none is long. */
const queriesAtOnce = 32;
/** Keys that a request may name, counted for each of its queries: a filter of many keys is sent with fewer queries. */
const keysAtOnce = 400_000;
/** `index.max_terms_count` and `index.max_result_window` of the server, as it comes; k of a k-NN query has the latter too. */
const [mostTerms, mostHits] = [65_536, 10_000];

/** More hits than wanted are taken from a quantized graph, to be scored again with the full vectors. */
const oversampled = (k: number) => Math.ceil(1.25 * k) + 8;

const everything = '{"match_all":{}}';

export interface SearchPlan {
  readonly queries: Rows;
  readonly k: number;
  /** Each once. */
  readonly allowed: Uint32Array | undefined;
  /** Vectors of the index. */
  readonly size: number;
  /** Alias or index. */
  readonly target: string;
  readonly signal: AbortSignal | undefined;
}

interface Found {
  readonly status: number;
  readonly error?: ServerFailure;
  readonly hits?: { readonly hits?: readonly Hit[] };
}

interface Hit {
  readonly _score: number;
  readonly fields: { readonly [keyField]: readonly [number] };
}

/** Keys and scores of one query, as they are being collected. */
interface Collected {
  readonly keys: number[];
  readonly scores: number[];
}

export function createSearch(client: Client, settings: Settings): (plan: SearchPlan) => Promise<Hits[]> {
  const { dimensions, connections, retries, expansionSearch, quantization } = settings;

  /** One request for many searches; again, as a whole, while the server is too busy for one of them. */
  async function ask(lines: readonly string[], { target, signal }: SearchPlan): Promise<readonly Hit[][]> {
    const path = `/${target}/_msearch?filter_path=error,status,responses.status,responses.error,${hitPaths}`;
    const body = lines.map((line) => `{"allow_partial_search_results":false}\n${line}\n`).join('');
    for (let retry = 0; ; retry++) {
      const { body: answer } = await client.ask<{ responses: Found[] }>({ method: 'POST', path, body, signal });
      const failed = answer.responses.find(({ error }) => error);
      if (!failed) return answer.responses.map(({ hits }) => [...(hits?.hits ?? [])]);
      if (!isBusy(failed.status) || retry >= retries) {
        throw toReferentError(failed.status, failed.error!, client.address);
      }
      await pause(waitBefore(retry), signal ?? never);
    }
  }

  const lineOf = (query: string, size: number, rest = '') =>
    `{"size":${size},"_source":false,"stored_fields":"_none_","docvalue_fields":["${keyField}"],"track_total_hits":false,"query":${query}${rest}}`;

  /** The rows that `filter` lets through, with the scores of their full vectors. */
  const scored = (vector: string, filter: string) =>
    `{"script_score":{"query":${filter},"script":{"lang":"knn","source":"knn_score","params":{"field":"${vectorField}","query_value":${vector},"space_type":"innerproduct"}}}}`;

  /** What makes the server score the best `count` of each shard again, with their full vectors. */
  const scoredAgain = (vector: string, count: number) =>
    `,"rescore":{"window_size":${count},"query":{"rescore_query":${scored(vector, everything)},"query_weight":0,"rescore_query_weight":1}}`;

  function approximate(vector: string, { k }: SearchPlan, filter: string | undefined): string {
    const isRough = quantization !== 'f32';
    const wanted = isRough ? Math.min(mostHits, oversampled(k)) : k;
    const some = `"vector":${vector},"k":${wanted},"method_parameters":{"ef_search":${Math.max(wanted, expansionSearch)}}`;
    const query = `{"knn":{"${vectorField}":{${some}${filter ? `,"filter":${filter}` : ''}}}}`;
    return lineOf(query, k, isRough ? scoredAgain(vector, wanted) : '');
  }

  /** Compares every row. More rows than one answer may hold come page by page, each after the last of the one before. */
  async function exact(vectors: readonly string[], plan: SearchPlan, filter = everything): Promise<Hits[]> {
    const size = Math.min(plan.k, mostHits);
    const found: Collected[] = vectors.map(() => ({ keys: [], scores: [] }));
    let open = vectors.map((_, query) => query);
    while (open.length > 0) {
      const lines = open.map((query) => {
        const { keys, scores } = found[query]!;
        const last = keys.length > 0 ? `,"search_after":[${scores.at(-1)},${keys.at(-1)}]` : '';
        const order = `,"sort":[{"_score":"desc"},{"${keyField}":"asc"}]${last}`;
        return lineOf(scored(vectors[query]!, filter), size, order);
      });
      const pages = await ask(lines, plan);
      open = open.filter((query, at) => {
        collect(pages[at]!, found[query]!);
        return pages[at]!.length === size && found[query]!.keys.length < plan.k;
      });
    }
    return found.map((it) => toHits(it, plan.k));
  }

  async function answer(queries: Rows, plan: SearchPlan, filter: string | undefined): Promise<Hits[]> {
    const { k, allowed, size } = plan;
    const vectors = Array.from({ length: queries.count }, (_, row) => vectorText(queries.data, row, dimensions));
    // The graph is for the few nearest of many: whoever wants most rows has all compared.
    const most = allowed ? Math.min(allowed.length, size) : size;
    if (k > mostHits || 2 * k >= most) return exact(vectors, plan, filter);
    const pages = await ask(
      vectors.map((vector) => approximate(vector, plan, filter)),
      plan,
    );
    if (pages.some((hits) => hits.length < k)) return exact(vectors, plan, filter);
    return pages.map((hits) => toHits(collect(hits, { keys: [], scores: [] }), k));
  }

  return async (plan) => {
    const { queries, allowed } = plan;
    const filter = allowed && filterOf(allowed);
    const together = Math.max(1, Math.min(queriesAtOnce, Math.floor(keysAtOnce / (allowed?.length ?? 1))));
    const answers: Hits[][] = [];
    const starts = Array.from({ length: Math.ceil(queries.count / together) }, (_, at) => at);
    await forEachOf(starts, connections, async (at) => {
      const to = Math.min((at + 1) * together, queries.count);
      const data = queries.data.subarray(at * together * dimensions, to * dimensions);
      answers[at] = await answer({ data, count: to - at * together }, plan, filter);
    });
    return answers.flat();
  };
}

const hitPaths = `responses.hits.hits._score,responses.hits.hits.fields`;
const never = new AbortController().signal;

function filterOf(allowed: Uint32Array): string {
  const parts: string[] = [];
  for (let from = 0; from < allowed.length; from += mostTerms) {
    parts.push(`{"terms":{"${keyField}":[${allowed.subarray(from, from + mostTerms).join(',')}]}}`);
  }
  return parts.length === 1 ? parts[0]! : `{"bool":{"should":[${parts.join(',')}]}}`;
}

function collect(hits: readonly Hit[], into: Collected): Collected {
  for (const { _score, fields } of hits) {
    into.keys.push(fields[keyField][0]);
    into.scores.push(_score);
  }
  return into;
}

function toHits({ keys, scores }: Collected, k: number): Hits {
  const length = Math.min(keys.length, k);
  return {
    keys: Uint32Array.from(keys.slice(0, length)),
    scores: Float32Array.from(scores.slice(0, length), innerProductOf),
  };
}
