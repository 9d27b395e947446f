import type {
  Candidate,
  Entity,
  EntityStore,
  LinkedMention,
  Mention,
  MentionInContext,
  WorkOptions,
} from '@referent/core';
import { type Decision, decide } from './decision.js';
import { type Ranked, type Reranker, rerank } from './rerank.js';
import { type Retrieved, type RetrieveStage, retrieve } from './retrieve.js';
import { timed } from './timed.js';

/** Everything that follows the detection of mentions. */
export interface LinkStages extends RetrieveStage {
  readonly store: EntityStore;
  readonly reranker?: Reranker | undefined;
  readonly decision: Decision;
}

/** What is decided about a mention. */
export type Verdict = Omit<LinkedMention, keyof Mention>;

/** One batch: retrieve, read the entities, re-rank, decide. One verdict per mention, in order. */
export async function linkMentions(
  mentions: readonly MentionInContext[],
  stages: LinkStages,
  options: WorkOptions,
): Promise<Verdict[]> {
  if (mentions.length === 0) return [];
  options.signal?.throwIfAborted();
  const retrieved = await retrieve(mentions, stages, options);
  options.signal?.throwIfAborted();
  const first = await timed('entities', options, () => withEntities(retrieved, stages.store, options), mentions.length);
  const ranked = stages.reranker ? await rerank(mentions, first, stages.reranker, options) : first;
  const decideAll = async () => ranked.map((candidates) => verdict(candidates, stages.decision));
  return timed('decide', options, decideAll, mentions.length);
}

/** A key that the store no longer knows was removed after it was indexed: it is no candidate. */
async function withEntities(
  retrieved: readonly Retrieved[][],
  store: EntityStore,
  { signal }: WorkOptions,
): Promise<Ranked[][]> {
  const keys = [...new Set(retrieved.flatMap((list) => list.map(({ key }) => key)))];
  const entities = keys.length > 0 ? await store.get(keys, { signal }) : [];
  const byKey = new Map<number, Entity | undefined>(keys.map((key, i) => [key, entities[i]]));
  return retrieved.map((list) =>
    list.flatMap((candidate) => {
      const entity = byKey.get(candidate.key);
      return entity ? [{ ...candidate, entity, score: candidate.retrievalScore }] : [];
    }),
  );
}

function verdict(ranked: readonly Ranked[], decision: Decision): Verdict {
  const { linked, probabilities, nil } = decide(
    ranked.map(({ score }) => score),
    decision,
  );
  const candidates = ranked.map(({ score: _, ...candidate }, i): Candidate => {
    return { ...candidate, probability: probabilities[i]! };
  });
  const best = candidates[0];
  return {
    entity: linked && best ? best.entity : null,
    score: ranked[0]?.score ?? 0,
    probability: linked && best ? best.probability : nil,
    candidates,
  };
}
