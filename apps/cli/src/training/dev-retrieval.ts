import type { EntityEncoder, MentionEncoder, WorkOptions } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { type MinedNegatives, minedKey, mineNegatives, type TrainingSet } from '@referent/training';

export interface Encoders {
  readonly mentionEncoder: MentionEncoder;
  readonly entityEncoder: EntityEncoder;
}

/** Candidates of every mention among the entities of its world, by exact search. */
export function retrieve(
  sets: readonly TrainingSet[],
  encoders: Encoders,
  depth: number,
  work: WorkOptions,
  skip = 0,
): Promise<MinedNegatives> {
  const createIndex = async (dimensions: number) => createExactIndex({ dimensions });
  return mineNegatives({ sets, ...encoders, createIndex, depth, skip, ...work });
}

/** Recall at `recallAt`: per set and world, and the mean over these. */
export async function devRecall(
  sets: readonly TrainingSet[],
  encoders: Encoders,
  recallAt: number,
  work: WorkOptions,
): Promise<{ value: number; details: Record<string, number> }> {
  const found = await retrieve(sets, encoders, recallAt, work);
  return macro(sets, (set, id) => {
    const rank = found.get(minedKey(set, id))?.goldRank ?? -1;
    return rank >= 0 && rank < recallAt;
  });
}

/** The share of right answers per set and world, and the mean over these. */
export function macro(sets: readonly TrainingSet[], isRight: (set: string, example: string) => boolean) {
  const counts = new Map<string, { right: number; total: number }>();
  for (const { name, examples } of sets) {
    for (const { id, mention } of examples) {
      const key = mention.world === undefined || mention.world === name ? name : `${name}/${mention.world}`;
      const count = counts.get(key) ?? { right: 0, total: 0 };
      count.total++;
      if (isRight(name, id)) count.right++;
      counts.set(key, count);
    }
  }
  const details = Object.fromEntries(Array.from(counts, ([key, { right, total }]) => [key, right / total]));
  const shares = Object.values(details);
  return { value: shares.reduce((sum, share) => sum + share, 0) / shares.length, details };
}
