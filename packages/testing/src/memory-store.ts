import type { Entity, EntityStore } from '@referent/core';

/** Entities in a map, keyed 0, 1, 2 ... in their order: for tests of what reads a store. */
export function createMemoryStore(entities: readonly Entity[]): EntityStore {
  const keys = new Map(entities.map(({ id }, key) => [id, key]));
  return {
    size: keys.size,
    get: async (wanted) => Array.from(wanted, (key) => entities[key]),
    keysOf: async (ids) => ids.map((id) => keys.get(id)),
    keysOfWorld: async (world) =>
      Uint32Array.from(entities.flatMap((entity, key) => (entity.world === world ? [key] : []))),
    async close() {},
  };
}
