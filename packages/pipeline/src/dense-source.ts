import {
  assertKnownOptions,
  type CandidateSource,
  type EntityStore,
  type KeyScores,
  type MentionEncoder,
  type VectorIndex,
} from '@referent/core';
import { timed } from './timed.js';

export interface DenseSourceOptions {
  readonly encoder: MentionEncoder;
  readonly index: VectorIndex;
  /** Asked for the keys of a world, once per world: a source serves one state of a knowledge base. */
  readonly store: Pick<EntityStore, 'keysOfWorld'>;
  /** @default 'dense' */
  readonly name?: string;
}

/** Proposes the entities whose vectors lie nearest to the mention's: the bi-encoder stage (Wu et al. 2020, section 4.1). */
export function createDenseSource({
  encoder,
  index,
  store,
  name = 'dense',
  ...unknown
}: DenseSourceOptions): CandidateSource {
  assertKnownOptions('createDenseSource', unknown, ['encoder', 'index', 'store', 'name']);
  const worlds = new Map<string, Promise<Uint32Array>>();

  function keysOf(world: string): Promise<Uint32Array> {
    const known = worlds.get(world);
    if (known) return known;
    const keys = store.keysOfWorld(world);
    worlds.set(world, keys);
    // A failed read must not be remembered as the answer.
    keys.catch(() => worlds.delete(world));
    return keys;
  }

  return {
    name,
    async retrieve(mentions, { limit, ...options }) {
      const answers: KeyScores[] = mentions.map(() => ({ keys: new Uint32Array(), scores: new Float32Array() }));
      if (mentions.length === 0 || index.size === 0) return answers;
      const { data } = await timed('encode', options, (inner) => encoder.encodeMentions(mentions, inner)); // [N, D]
      const dimensions = encoder.dimensions;

      await timed('search', options, async ({ signal }) => {
        for (const [world, places] of groupByWorld(mentions)) {
          signal?.throwIfAborted();
          const keys = world === undefined ? undefined : await keysOf(world);
          if (keys?.length === 0) continue;
          const queries = new Float32Array(places.length * dimensions); // [M, D]
          places.forEach((place, i) => {
            queries.set(data.subarray(place * dimensions, (place + 1) * dimensions), i * dimensions);
          });
          const hits = await index.search({ data: queries, count: places.length }, limit, { keys, signal });
          places.forEach((place, i) => {
            answers[place] = hits[i]!;
          });
        }
      });
      return answers;
    },
  };
}

function groupByWorld(mentions: readonly { readonly world?: string }[]): Map<string | undefined, number[]> {
  const groups = new Map<string | undefined, number[]>();
  mentions.forEach(({ world }, i) => {
    const group = groups.get(world);
    if (group) group.push(i);
    else groups.set(world, [i]);
  });
  return groups;
}
