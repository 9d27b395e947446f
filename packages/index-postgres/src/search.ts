import type { Hits, Rows } from '@referent/core';
import type { Row, Session } from './session.js';
import type { Table } from './table.js';
import { keysParameter, vectorsParameter } from './wire.js';

/** Queries of one statement: enough to hide the way to the server, few enough to share the connections. */
const queriesAtOnce = 64;
/** A row that a filter lets through costs about as much as so many steps in the graph. */
const rowCost = 4;

export interface SearchPlan {
  readonly queries: Rows;
  readonly k: number;
  /** Each once. */
  readonly allowed: Uint32Array | undefined;
  /** Rows of the table. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
}

export type Search = (plan: SearchPlan) => Promise<Hits[]>;

export function createSearch(session: Session, table: Table, dimensions: number, connections: number): Search {
  const query = table.cast('v');
  const given = `(SELECT ${query} AS v, n FROM unnest($1::${table.vectorType}[]) WITH ORDINALITY AS given(v, n)) q`;
  const distance = table.distance('embedding', 'q.v');

  /** All queries of a portion in one statement. An order that is no bare distance makes the server compare all rows. */
  async function ask(queries: Rows, { k, allowed, signal }: SearchPlan, isExact: boolean): Promise<Hits[]> {
    const text = `SELECT q.n::int, hit.key::text, hit.score FROM ${given} CROSS JOIN LATERAL (
        SELECT key, -(${distance}) AS score FROM ${table.name}
        ${allowed ? 'WHERE key = ANY($2::bigint[])' : ''}
        ORDER BY ${isExact ? `(${distance}) + 0` : distance} LIMIT ${k}
      ) hit ORDER BY q.n, hit.score DESC, hit.key`;
    const values = [
      vectorsParameter(queries, dimensions, table.vectorOid),
      ...(allowed ? [keysParameter(allowed)] : []),
    ];
    const { rows } = await session.run({ text, values }, { signal });
    return toHits(rows, queries.count);
  }

  async function answer(queries: Rows, plan: SearchPlan): Promise<Hits[]> {
    const { k, allowed, size } = plan;
    // The graph is for the few nearest of many: whoever wants most rows, or few rows let through, has all compared.
    const isExact = allowed ? allowed.length ** 2 <= rowCost * k * size : 2 * k >= size;
    const found = await ask(queries, plan, isExact);
    if (isExact) return found;
    const wanted = Math.min(k, allowed?.length ?? size);
    return found.some(({ keys }) => keys.length < wanted) ? ask(queries, plan, true) : found;
  }

  return async (plan) => {
    const { queries } = plan;
    const portions: Rows[] = [];
    for (let from = 0; from < queries.count; from += queriesAtOnce) {
      const to = Math.min(from + queriesAtOnce, queries.count);
      portions.push({ data: queries.data.subarray(from * dimensions, to * dimensions), count: to - from });
    }
    const answers: Hits[][] = [];
    let next = 0;
    const work = async () => {
      for (let at = next++; at < portions.length; at = next++) answers[at] = await answer(portions[at]!, plan);
    };
    await Promise.all(Array.from({ length: Math.min(connections, portions.length) }, work));
    return answers.flat();
  };
}

function toHits(rows: readonly Row[], count: number): Hits[] {
  const keys: number[][] = Array.from({ length: count }, () => []);
  const scores: number[][] = Array.from({ length: count }, () => []);
  for (const [query, key, score] of rows) {
    keys[Number(query) - 1]!.push(Number(key));
    scores[Number(query) - 1]!.push(Number(score));
  }
  return keys.map((own, query) => ({ keys: Uint32Array.from(own), scores: Float32Array.from(scores[query]!) }));
}
