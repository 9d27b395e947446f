import type { BlinkResult } from '@referent/benchmark-formats';
import type { LinkedMention } from '@referent/core';
import type { MentionResult } from '@referent/evaluation';
import type { LabelledMention } from './read-mentions.js';

/** What was answered beside what is right: the input of the measures. */
export function resultOf(
  { labels, mention, overlap, candidates: restrictTo }: LabelledMention,
  { candidates, entity, probability }: LinkedMention,
): MentionResult {
  const ids = (list: LinkedMention['candidates']) => list.map((candidate) => candidate.entity.id);
  return {
    gold: labels,
    retrieved: ids([...candidates].sort((a, b) => b.retrievalScore - a.retrievalScore)),
    ranked: ids(candidates),
    decided: entity?.id ?? null,
    probability,
    world: mention.world,
    overlap,
    restrictTo,
  };
}

/** The same for BLINK's figures. */
export function blinkResultOf(labelled: LabelledMention, linked: LinkedMention, hasWorlds: boolean): BlinkResult {
  const { retrieved, ranked, world } = resultOf(labelled, linked);
  const isReranked = linked.candidates.some(({ rerankScore }) => rerankScore !== undefined);
  return { gold: labelled.labels, retrieved, ...(isReranked && { ranked }), ...(hasWorlds && { world }) };
}

/** The usual k of recall@k as far as there are candidates, and their number itself. */
export function cutoffsFor(candidates: number): number[] {
  return [...[1, 4, 8, 16, 32, 64, 100, 128, 256, 512].filter((k) => k < candidates), candidates];
}
