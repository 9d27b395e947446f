import type { Entity, MentionInContext, PairScorer, WorkOptions } from '@referent/core';
import { assertAnswers, type Retrieved } from './retrieve.js';
import { timed } from './timed.js';

export interface Reranker {
  readonly scorer: PairScorer;
  /** So many of each mention's best candidates are read. @default 16 */
  readonly depth?: number;
  /** The score that ranks what was read: a weighted sum of both stages. @default { rerank: 1, retrieval: 0 } */
  readonly weights?: { readonly rerank: number; readonly retrieval: number };
}

/** A candidate with its entity and the score that ranks it in the end. */
export interface Ranked extends Retrieved {
  readonly entity: Entity;
  readonly rerankScore?: number;
  readonly score: number;
}

/** Reads the best of each mention's candidates again; those come first, the others follow in their old order. */
export async function rerank(
  mentions: readonly MentionInContext[],
  candidates: readonly (readonly Ranked[])[],
  { scorer, depth = 16, weights = { rerank: 1, retrieval: 0 } }: Reranker,
  options: WorkOptions,
): Promise<Ranked[][]> {
  const pairs = candidates.flatMap((list, i) =>
    list.slice(0, depth).map(({ entity }) => ({ mention: mentions[i]!, entity })),
  );
  if (pairs.length === 0) return candidates.map((list) => [...list]);
  const scores = await timed('rerank', options, (inner) => scorer.scorePairs(pairs, inner), mentions.length); // [P]
  assertAnswers(scorer.name, scores.filter(Number.isFinite).length, pairs.length);

  let next = 0;
  return candidates.map((list) => {
    const read = list.slice(0, depth).map((candidate) => {
      const rerankScore = scores[next++]!;
      const score = weights.rerank * rerankScore + weights.retrieval * candidate.retrievalScore;
      return { ...candidate, rerankScore, score };
    });
    read.sort((a, b) => b.score - a.score || b.retrievalScore - a.retrievalScore || a.key - b.key);
    return [...read, ...behind(read, list.slice(depth))];
  });
}

/** The rest was not read, so its scores are not comparable: it is placed below the last one read, at its old distances. */
function behind(read: readonly Ranked[], rest: readonly Ranked[]): Ranked[] {
  const floor = Math.min(...read.map(({ score }) => score));
  const edge = Math.min(...read.map(({ retrievalScore }) => retrievalScore));
  return rest.map((candidate) => ({ ...candidate, score: floor - (edge - candidate.retrievalScore) }));
}
