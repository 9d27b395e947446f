import type { Entity, EntityEncoder, MentionEncoder, VectorIndex, WorkOptions } from '@referent/core';
import type { Mined, MinedNegatives, TrainingExample, TrainingSet } from './examples.js';

export interface MiningOptions extends WorkOptions {
  readonly sets: readonly TrainingSet[];
  readonly mentionEncoder: MentionEncoder;
  readonly entityEncoder: EntityEncoder;
  /** Opens an empty index: exact for small worlds, approximate for large ones. It is closed afterwards. */
  readonly createIndex: (dimensions: number) => Promise<VectorIndex>;
  /** Negatives kept per example. @default 32 */
  readonly depth?: number;
  /** The best so many that are not gold are left out: they may be right without a label. @default 0 */
  readonly skip?: number;
}

/**
 * Searches every example among the entities of its world (of its whole set where it has no world) and keeps the best
 * that are not gold: what the encoders confuse now.
 */
export async function mineNegatives({
  sets,
  mentionEncoder,
  entityEncoder,
  createIndex,
  depth = 32,
  skip = 0,
  signal,
  onProgress,
}: MiningOptions): Promise<MinedNegatives> {
  const mined = new Map<string, Map<string, Mined>>();
  let done = 0;
  const total = sets.reduce((sum, { examples }) => sum + examples.length, 0);
  for (const set of sets) {
    const own = mined.get(set.name) ?? new Map<string, Mined>();
    mined.set(set.name, own);
    for (const { entities, examples } of searchSpaces(set)) {
      signal?.throwIfAborted();
      const index = await createIndex(entityEncoder.dimensions);
      try {
        await index.add(
          Uint32Array.from(entities.keys()),
          await entityEncoder.encodeEntities(entities, { signal, onProgress }),
        );
        const queries = await mentionEncoder.encodeMentions(
          examples.map(({ mention }) => mention),
          { signal, onProgress },
        );
        const mostGolds = Math.max(...examples.map(({ gold }) => gold.length));
        const hits = await index.search(queries, depth + skip + mostGolds, { signal });
        for (const [i, example] of examples.entries()) {
          const ids = Array.from(hits[i]!.keys, (key) => entities[key]!.id);
          const negatives = ids.filter((id) => !example.gold.includes(id)).slice(skip, skip + depth);
          const goldRank = ids.findIndex((id) => example.gold.includes(id));
          own.set(example.id, { negatives, goldRank });
        }
      } finally {
        await index.close();
      }
      done += examples.length;
      onProgress?.({ step: 'mine negatives', done, total, unit: 'mentions' });
    }
  }
  return mined;
}

/** Entities, and the examples whose candidates they are. */
function searchSpaces({ examples, entities }: TrainingSet): { entities: Entity[]; examples: TrainingExample[] }[] {
  const all = [...entities.values()];
  const worlds = new Map<string | undefined, TrainingExample[]>();
  for (const example of examples) {
    const { world } = example.mention;
    const known = worlds.get(world);
    if (known) known.push(example);
    else worlds.set(world, [example]);
  }
  return Array.from(worlds, ([world, own]) => ({
    entities: world === undefined ? all : all.filter((entity) => entity.world === world),
    examples: own,
  })).filter((space) => space.entities.length > 0);
}
