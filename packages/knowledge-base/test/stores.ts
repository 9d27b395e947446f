import { join } from 'node:path';
import type { Entity } from '@referent/core';
import { type Database, openDatabase } from '../src/store/database.js';
import { createTables } from '../src/store/schema.js';
import { createStoreWriter } from '../src/store/store-writer.js';
import { temporaryFolder } from './folders.js';

/** A store on disk with these entities, keyed 1, 2, 3, … */
export function createStoredEntities(entities: readonly Entity[]): Database {
  const database = openDatabase(join(temporaryFolder(), 'store.sqlite'));
  database.transaction(() => createTables(database));
  createStoreWriter(database).insert(entities);
  return database;
}
