import { isDeepStrictEqual } from 'node:util';
import type { Entity } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import { initialForms } from '../names/initials.js';
import { filterItems } from '../names/name-filter.js';
import { type NameForm, nameForms } from '../names/name-forms.js';
import type { Database } from './database.js';
import { type EntityRow, entityColumns, entityTables, toEntity } from './entity-rows.js';
import { type Facts, readFacts, writeFacts } from './facts.js';
import { addToLexicon, hasLexicon, removeFromLexicon } from './lexicon.js';
import { maxKey } from './schema.js';
import { addToFilter } from './stored-filter.js';
import { wordsOf } from './words.js';

export interface InsertResult {
  /** Positions of the entities that were left out, because their id is taken. */
  readonly duplicates: number[];
}

export interface InsertOptions {
  /** `replace` removes the entity that has the id, unless it is the same; the new one gets a new key. @default 'skip' */
  readonly onDuplicate?: 'skip' | 'replace';
  /** While a knowledge base is built, the filter comes last. @default true */
  readonly updateFilter?: boolean;
  /** Committed with the entities. */
  readonly facts?: Partial<Facts> | ((result: InsertResult) => Partial<Facts>);
}

/** Changes entities, their names and the facts about them, together. One at a time, under the folder's lock. */
export interface StoreWriter {
  readonly facts: Readonly<Facts>;
  insert(entities: readonly Entity[], options?: InsertOptions): InsertResult;
  /** How many of these ids were stored. */
  remove(ids: readonly string[]): number;
  setFacts(facts: Partial<Facts>): void;
  /** Drops the first so many removals: the index has followed them. */
  forgetRemovals(removals: number): void;
}

export function createStoreWriter(database: Database): StoreWriter {
  let facts = readFacts(database);
  const keepsLexicon = hasLexicon(database);
  const worlds = new Map(database.all<[string, number]>('SELECT name, number FROM worlds'));

  function commit<T>(work: (draft: Facts) => T): T {
    const draft = { ...facts };
    try {
      const result = database.transaction(() => {
        const result = work(draft);
        const changed = Object.entries(draft).filter(([name, value]) => facts[name as keyof Facts] !== value);
        writeFacts(database, Object.fromEntries(changed));
        return result;
      });
      facts = draft;
      return result;
    } catch (error) {
      worlds.clear(); // may name worlds that were rolled back
      for (const [name, number] of database.all<[string, number]>('SELECT name, number FROM worlds')) {
        worlds.set(name, number);
      }
      throw error;
    }
  }

  function worldNumber(world: string | undefined, draft: Facts): number | null {
    if (world === undefined) return null;
    const known = worlds.get(world);
    if (known !== undefined) return known;
    const number = worlds.size + 1;
    database.run('INSERT INTO worlds (number, name) VALUES (?, ?)', number, world);
    worlds.set(world, number);
    draft.worlds = number;
    return number;
  }

  const takenOf = (ids: readonly string[]) =>
    new Set(
      database
        .all<[string]>('SELECT id FROM entities WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
        .map(([id]) => id),
    );
  const rowsOf = (ids: readonly string[]) =>
    database.all<EntityRow>(
      `SELECT ${entityColumns} FROM ${entityTables} WHERE e.id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );

  function takeOut(ids: readonly string[], draft: Facts): number {
    const rows = rowsOf(ids);
    for (const row of rows) {
      const [key] = row;
      const entity = toEntity(row);
      const forms = nameForms(entity);
      for (const { name } of [...forms, ...initialForms(entity)])
        database.run('DELETE FROM names WHERE name = ? AND key = ?', name, key);
      database.run("INSERT INTO words (words, rowid, names) VALUES ('delete', ?, ?)", key, wordsOf(forms));
      if (keepsLexicon && key <= draft.lexiconThrough) removeFromLexicon(database, key);
      database.run('DELETE FROM entities WHERE key = ?', key);
      database.run('INSERT INTO removed (number, key) VALUES (?, ?)', ++draft.removals, key);
      draft.names -= distinct(forms);
    }
    draft.entities -= rows.length;
    return rows.length;
  }

  function putIn(entities: readonly Entity[], draft: Facts, updateFilter: boolean): void {
    if (draft.nextKey + entities.length - 1 > maxKey) throw full();
    // One that was stopped while it was made goes on from its own place.
    const lexiconRows: [number, Entity][] = [];
    const isLexiconWhole = keepsLexicon && draft.lexiconThrough === draft.nextKey - 1;
    const entityRows: unknown[] = [];
    const nameRows: unknown[] = [];
    const wordRows: unknown[] = [];
    const names: string[] = [];
    for (const entity of entities) {
      const key = draft.nextKey++;
      const { id, title, text, aliases, url, world } = entity;
      const forms = nameForms(entity);
      const aliasText = aliases && aliases.length > 0 ? JSON.stringify(aliases) : null;
      entityRows.push([key, id, title, worldNumber(world, draft), url ?? null, aliasText, text]);
      for (const { name, kind, exact } of [...forms, ...initialForms(entity)]) nameRows.push([name, kind, key, exact]);
      for (const { name } of forms) names.push(name);
      wordRows.push([key, wordsOf(forms)]);
      if (isLexiconWhole) lexiconRows.push([key, entity]);
      draft.names += distinct(forms);
    }
    draft.entities += entities.length;
    // One statement per table: a call per row would take half as long again.
    database.run(
      `INSERT INTO entities (key, id, title, world, url, aliases, text)
       SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6 FROM json_each(?)`,
      JSON.stringify(entityRows),
    );
    database.run(
      `INSERT OR IGNORE INTO names (name, kind, key, exact)
       SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?)`,
      JSON.stringify(nameRows),
    );
    database.run(
      'INSERT INTO words (rowid, names) SELECT value->>0, value->>1 FROM json_each(?)',
      JSON.stringify(wordRows),
    );
    if (isLexiconWhole) {
      addToLexicon(database, lexiconRows);
      draft.lexiconThrough = draft.nextKey - 1;
    }
    if (updateFilter) addToFilter(database, names, draft);
    else draft.filterItems += names.reduce((sum, name) => sum + filterItems(name), 0);
  }

  return {
    get facts() {
      return facts;
    },
    insert(entities, { onDuplicate = 'skip', updateFilter = true, facts: more = {} } = {}) {
      return commit((draft) => {
        const ids = entities.map(({ id }) => id);
        const duplicates: number[] = [];
        let wanted: Entity[];
        if (onDuplicate === 'replace') {
          const stored = new Map(rowsOf(ids).map((row) => [row[1], toEntity(row)]));
          const last = [...new Map(entities.map((entity) => [entity.id, entity])).values()];
          wanted = last.filter((entity) => !isDeepStrictEqual(entity, stored.get(entity.id)));
          takeOut(
            wanted.map(({ id }) => id),
            draft,
          );
        } else {
          const taken = takenOf(ids);
          wanted = entities.filter(({ id }, i) => {
            const isNew = !taken.has(id);
            if (!isNew) duplicates.push(i);
            taken.add(id);
            return isNew;
          });
        }
        putIn(wanted, draft, updateFilter);
        const result = { duplicates };
        Object.assign(draft, typeof more === 'function' ? more(result) : more);
        return result;
      });
    },
    remove: (ids) => commit((draft) => takeOut([...new Set(ids)], draft)),
    forgetRemovals: (removals) => database.run('DELETE FROM removed WHERE number <= ?', removals),
    setFacts: (more) => commit((draft) => void Object.assign(draft, more)),
  };
}

const distinct = (forms: readonly NameForm[]) => new Set(forms.map(({ name }) => name)).size;

function full(): Error {
  return knowledgeBaseError('KB_FULL', {
    what: `A knowledge base holds at most ${maxKey.toLocaleString('en')} entities over its whole life.`,
    fix: 'Build it again: that gives every entity a new key.',
  });
}
