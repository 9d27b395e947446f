import type { NamesIndex } from '@referent/core';
import { extraWordsOf } from '../names/memory-names.js';
import { createNameFilter, type NameFilter } from '../names/name-filter.js';
import { nameForms } from '../names/name-forms.js';
import { type Bearer, createNamesIndex, type NameTable, type PartialBearer } from '../names/names-index.js';
import type { Database } from './database.js';
import type { CompleteEntities } from './entity-store.js';
import { matchAllWords } from './words.js';

/** Answers to `has` that are kept: the words of texts repeat. */
const answersAtHand = 65_536;

// `rankOf` in SQL.
const rank =
  'CASE WHEN n.kind = 4 THEN 4 WHEN n.kind < 2 AND n.exact = ?2 THEN n.kind WHEN n.kind % 2 = 0 THEN 2 ELSE 3 END';

/** The names of the store's database. Reads its filter into memory when a text is first scanned. */
export function createDatabaseNames(database: Database, complete: CompleteEntities): NamesIndex {
  return createNamesIndex(databaseTable(database, complete));
}

function databaseTable(database: Database, { through }: CompleteEntities): NameTable {
  let filter: NameFilter | undefined;
  const answers = new Map<string, boolean>();
  return {
    filter() {
      filter ??= createNameFilter(readFilterBits(database));
      return filter;
    },
    has(name) {
      let answer = answers.get(name);
      if (answer === undefined) {
        answer = database.get('SELECT 1 FROM names WHERE name = ? AND key <= ? LIMIT 1', name, through) !== undefined;
        if (answers.size >= answersAtHand) answers.clear();
        answers.set(name, answer);
      }
      return answer;
    },
    bearers(name, exact, limit, world) {
      const inWorld = 'JOIN entities e ON e.key = n.key AND e.world = (SELECT number FROM worlds WHERE name = ?5)';
      const rows = database.all<[number, number]>(
        `SELECT n.key, min(${rank}) AS rank FROM names n ${world === undefined ? '' : inWorld}
         WHERE n.name = ?1 AND n.key <= ?4 GROUP BY n.key ORDER BY rank, n.key LIMIT ?3`,
        ...[name, exact, limit, through, ...(world === undefined ? [] : [world])],
      );
      return rows.map(([key, rank]): Bearer => ({ key, rank }));
    },
    containing(words, limit, world) {
      const match = matchAllWords(words);
      if (match === undefined) return [];
      const inWorld = 'AND e.world = (SELECT number FROM worlds WHERE name = ?)';
      const found: PartialBearer[] = [];
      // Words may stand in different names of one entity: ask for more, and look at each name.
      for (let after = 0; found.length < limit; ) {
        const rows = database.all<[number, string, string | null]>(
          `SELECT e.key, e.title, e.aliases FROM words JOIN entities e ON e.key = words.rowid
           WHERE words MATCH ? AND words.rowid > ? AND words.rowid <= ? ${world === undefined ? '' : inWorld} ORDER BY words.rowid LIMIT ?`,
          ...[match, after, through, ...(world === undefined ? [] : [world]), limit],
        );
        for (const [key, title, aliases] of rows) {
          const forms = nameForms({ title, aliases: aliases === null ? [] : (JSON.parse(aliases) as string[]) });
          const names = forms.map(({ name }) => name);
          const extraWords = extraWordsOf(names, words);
          if (extraWords !== undefined && found.length < limit) found.push({ key, extraWords });
        }
        if (rows.length < limit) break;
        after = rows.at(-1)![0];
      }
      return found;
    },
  };
}

function readFilterBits(database: Database): Uint8Array {
  const blocks = database.all<[Uint8Array]>('SELECT bits FROM filter ORDER BY block').map(([bits]) => bits);
  return blocks.length > 0 ? Buffer.concat(blocks) : new Uint8Array(1);
}
