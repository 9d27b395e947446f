import type { Entity } from '@referent/core';
import { lexiconNames, lexiconRow, rowsPerEntity } from '../names/lexical-words.js';
import type { Database } from './database.js';

/**
 * Full-text search over names, one row each, stemmed. Neither the names nor the words are kept a second time: what a
 * removal has to subtract is found by the row's number.
 */
export function createLexicon(database: Database): void {
  database.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS lexicon
     USING fts5 (title, alias, content = '', contentless_delete = 1, tokenize = 'porter ascii')`,
  );
}

export function hasLexicon(database: Database): boolean {
  return database.get("SELECT 1 FROM sqlite_master WHERE name = 'lexicon'") !== undefined;
}

/** Inside the caller's transaction. */
export function addToLexicon(
  database: Database,
  entities: readonly (readonly [key: number, entity: Pick<Entity, 'title' | 'aliases'>])[],
): void {
  const rows = entities.flatMap(([key, entity]) =>
    lexiconNames(entity).map(({ number, isTitle, words }) =>
      isTitle ? [lexiconRow(key, number), words, ''] : [lexiconRow(key, number), '', words],
    ),
  );
  database.run(
    'INSERT INTO lexicon (rowid, title, alias) SELECT value->>0, value->>1, value->>2 FROM json_each(?)',
    JSON.stringify(rows),
  );
}

/** Inside the caller's transaction. */
export function removeFromLexicon(database: Database, key: number): void {
  const from = lexiconRow(key, 0);
  database.run('DELETE FROM lexicon WHERE rowid >= ? AND rowid < ?', from, from + rowsPerEntity);
}
