import type { Entity, EntityStore, NamesIndex } from '@referent/core';
import { knowledgeBaseError } from './errors.js';
import { createMemoryNames } from './names/memory-names.js';
import { parseEntity } from './sources/entity-record.js';

export interface MemoryKnowledge {
  readonly store: EntityStore;
  readonly names: NamesIndex;
  /** Of the entities, in the order given: 1, 2, 3, … */
  readonly keys: Uint32Array;
}

/**
 * A store and the names of a few entities, without a folder: for lists that fit into memory.
 * @throws `KB_BAD_ENTITY` an entity lacks id or title, has a field of the wrong type, or an id that occurred before
 */
export function createMemoryKnowledge(entities: Iterable<Entity>): MemoryKnowledge {
  const kept = [...entities].map(check);
  const keyOf = new Map<string, number>();
  for (const [i, { id }] of kept.entries()) {
    if (keyOf.has(id)) throw bad(i, `the id ${JSON.stringify(id)} occurred before`);
    keyOf.set(id, i + 1);
  }
  const keyed = kept.map((entity, i) => ({ key: i + 1, entity }));
  const store: EntityStore = {
    size: kept.length,
    async get(keys, { signal } = {}) {
      signal?.throwIfAborted();
      return Array.from(keys, (key) => kept[key - 1]);
    },
    async keysOf(ids, { signal } = {}) {
      signal?.throwIfAborted();
      return ids.map((id) => keyOf.get(id));
    },
    async keysOfWorld(world, { signal } = {}) {
      signal?.throwIfAborted();
      return Uint32Array.from(
        keyed.filter(({ entity }) => entity.world === world),
        ({ key }) => key,
      );
    },
    async close() {},
  };
  return { store, names: createMemoryNames(keyed), keys: Uint32Array.from(keyed, ({ key }) => key) };
}

function check(given: Entity, position: number): Entity {
  const { entity, problem } = parseEntity(given);
  if (entity) return entity;
  throw bad(position, problem?.reason ?? 'it cannot be read');
}

function bad(position: number, reason: string): Error {
  return knowledgeBaseError('KB_BAD_ENTITY', {
    what: `Entity ${position} of the list cannot be used: ${reason}.`,
    details: { position, reason },
  });
}
