import type { Entity, EntityStore } from '@referent/core';

/** Entities in a map, keyed 0, 1, 2 ... in their order: for tests of what reads a store. */
export function createMemoryStore(entities: readonly Entity[]): EntityStore {
  const keys = new Map(entities.map(({ id }, key) => [id, key]));
  return {
    size: keys.size,
    async get(wanted, { signal } = {}) {
      signal?.throwIfAborted();
      return Array.from(wanted, (key) => entities[key]);
    },
    async keysOf(ids, { signal } = {}) {
      signal?.throwIfAborted();
      return ids.map((id) => keys.get(id));
    },
    async keysOfWorld(world, { signal } = {}) {
      signal?.throwIfAborted();
      return Uint32Array.from(entities.flatMap((entity, key) => (entity.world === world ? [key] : [])));
    },
    async close() {},
  };
}
