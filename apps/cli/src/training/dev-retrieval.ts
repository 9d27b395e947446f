import type { EntityEncoder, MentionEncoder, WorkOptions } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { type MinedNegatives, mineNegatives, type TrainingSet } from '@referent/training';

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

/**
 * Recall at `recallAt`, per set and world, and the mean over these. Where the mentions bring their candidates, the share
 * of those whose gold is the best of them.
 */
export async function devRecall(
  sets: readonly TrainingSet[],
  encoders: Encoders,
  recallAt: number,
  work: WorkOptions,
): Promise<{ value: number; details: Record<string, number> }> {
  const restricted = sets.filter(hasCandidates);
  const open = sets.filter((set) => !hasCandidates(set));
  const found = await retrieve(open, encoders, recallAt, work);
  const right = new Map<string, ReadonlySet<string>>();
  for (const set of restricted) right.set(set.name, new Set(await bestOfCandidates(set, encoders, work)));
  return macro(sets, (set, id) => {
    if (right.get(set)?.has(id)) return true;
    const rank = found.get(set)?.get(id)?.goldRank ?? -1;
    return rank >= 0 && rank < recallAt;
  });
}

function hasCandidates({ examples }: TrainingSet): boolean {
  return examples.every(({ hardNegatives }) => hardNegatives !== undefined);
}

/** Ids of the examples whose gold scores higher than their other candidates. */
async function bestOfCandidates(
  { examples, entities }: TrainingSet,
  { mentionEncoder, entityEncoder }: Encoders,
  work: WorkOptions,
): Promise<string[]> {
  const needed = new Set(examples.flatMap(({ gold, hardNegatives = [] }) => [...gold, ...hardNegatives]));
  const ids = [...needed].filter((id) => entities.has(id));
  const vectors = await entityEncoder.encodeEntities(
    ids.map((id) => entities.get(id)!),
    work,
  );
  const queries = await mentionEncoder.encodeMentions(
    examples.map(({ mention }) => mention),
    work,
  );
  const { dimensions } = entityEncoder;
  const row = (data: Float32Array, i: number) => data.subarray(i * dimensions, (i + 1) * dimensions);
  const vectorOf = new Map(ids.map((id, i) => [id, row(vectors.data, i)]));
  const best = (query: Float32Array, among: readonly string[]) =>
    Math.max(...among.flatMap((id) => vectorOf.get(id) ?? []).map((vector) => innerProduct(query, vector)));
  return examples.flatMap(({ id, gold, hardNegatives = [] }, i) => {
    const query = row(queries.data, i);
    return best(query, gold) > best(query, hardNegatives) ? [id] : [];
  });
}

function innerProduct(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
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
