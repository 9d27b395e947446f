import type { Database } from './database.js';

/** Keys are u32 in every index. */
export const maxKey = 0xffffffff;

/**
 * `text` comes last, so that what is asked for most is on the first page of a row. `names` is its own index. `words`
 * finds names by their words: full-text search without positions or a copy of the text is a tenth of a plain table.
 * `removed` counts the removals, for the vector index that has yet to follow them.
 */
export function createTables(database: Database): void {
  database.exec(`
    CREATE TABLE entities (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      world INTEGER,
      url TEXT,
      aliases TEXT,
      text TEXT NOT NULL
    );
    CREATE INDEX entities_by_world ON entities (world) WHERE world IS NOT NULL;
    CREATE TABLE worlds (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE names (
      name TEXT NOT NULL,
      kind INTEGER NOT NULL,
      key INTEGER NOT NULL,
      exact INTEGER NOT NULL,
      PRIMARY KEY (name, kind, key, exact)
    ) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5 (names, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
    CREATE TABLE filter (block INTEGER PRIMARY KEY, bits BLOB NOT NULL);
    CREATE TABLE removed (number INTEGER PRIMARY KEY, key INTEGER NOT NULL);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `);
}
