import type { Entity, EntityStore } from '@referent/core';
import type { Database } from './database.js';
import { type EntityRow, entityColumns, entityTables, toEntity } from './entity-rows.js';
import { readFacts } from './facts.js';

/** Worlds whose keys are kept at hand: mentions of one world tend to come together. */
const worldsAtHand = 8;

export interface CompleteEntities {
  /** Entities up to this key are complete: they have a vector, and the index knows them. */
  readonly through: number;
}

/** Reads entities from the store's database, many with one statement. */
export function createDatabaseStore(database: Database, { through }: CompleteEntities): EntityStore {
  const [pending] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', through) ?? [0];
  const size = readFacts(database).entities - pending;
  const worlds = new Map<string, Uint32Array>();
  return {
    size,
    async get(keys, { signal } = {}) {
      signal?.throwIfAborted();
      const rows = database.all<EntityRow>(
        `SELECT ${entityColumns} FROM ${entityTables} WHERE e.key IN (SELECT value FROM json_each(?)) AND e.key <= ?`,
        JSON.stringify(Array.from(keys)),
        through,
      );
      const byKey = new Map<number, Entity>(rows.map((row) => [row[0], toEntity(row)]));
      return Array.from(keys, (key) => byKey.get(key));
    },
    async keysOf(ids, { signal } = {}) {
      signal?.throwIfAborted();
      const rows = database.all<[string, number]>(
        'SELECT id, key FROM entities WHERE id IN (SELECT value FROM json_each(?)) AND key <= ?',
        JSON.stringify(ids),
        through,
      );
      const byId = new Map(rows);
      return ids.map((id) => byId.get(id));
    },
    async keysOfWorld(world, { signal } = {}) {
      signal?.throwIfAborted();
      const known = worlds.get(world);
      if (known) return known.slice();
      // One text of all keys: a row each would take ten times as long.
      const [joined] = database.get<[string | null]>(
        `SELECT group_concat(key) FROM (
           SELECT key FROM entities WHERE world = (SELECT number FROM worlds WHERE name = ?) AND key <= ? ORDER BY key)`,
        world,
        through,
      ) ?? [null];
      const keys = joined === null ? new Uint32Array() : Uint32Array.from(String(joined).split(','), Number);
      if (worlds.size >= worldsAtHand) worlds.delete(worlds.keys().next().value!);
      worlds.set(world, keys);
      return keys.slice();
    },
    async close() {},
  };
}
