import type { CandidateSource, Entity, MentionInContext } from '@referent/core';
import { sampleEntities, sampleMentions, seededRandom, testCandidateSource } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { lexicalWords, lexiconNames, rowsPerEntity } from '../src/names/lexical-words.js';
import { type Database, openDatabase } from '../src/store/database.js';
import { createLexicalSource } from '../src/store/lexical-source.js';
import { createLexicon } from '../src/store/lexicon.js';
import { createTables } from '../src/store/schema.js';
import { createStoreWriter } from '../src/store/store-writer.js';

/** As after `addLexicalIndex` of an empty knowledge base; keys are 1, 2, 3, … */
function storeOf(entities: readonly Entity[]): Database {
  const database = openDatabase(':memory:');
  createTables(database);
  createLexicon(database);
  createStoreWriter(database).insert(entities);
  return database;
}

const sourceOf = (entities: readonly Entity[]) => createLexicalSource(storeOf(entities), { through: entities.length });

const entity = (id: string, title: string, more: Partial<Entity> = {}): Entity => ({ id, title, text: 'd', ...more });
const mention = (surface: string, world?: string): MentionInContext => ({
  contextLeft: '',
  surface,
  contextRight: '',
  ...(world !== undefined && { world }),
});
const keysFor = async (
  source: CandidateSource,
  surface: string,
  { world, limit = 20 }: { world?: string; limit?: number } = {},
) => {
  const [answer] = await source.retrieve([mention(surface, world)], { limit });
  return [...answer!.keys];
};

testCandidateSource('lexical', {
  mentions: sampleMentions,
  world: {
    name: 'myth',
    keys: Uint32Array.from(sampleEntities.flatMap(({ world }, i) => (world === 'myth' ? [i + 1] : []))),
  },
  create: async () => sourceOf(sampleEntities),
});

describe('the lexical source', () => {
  const source = sourceOf([
    entity('1', 'type B pancreatic cell', { aliases: ['beta cell of pancreatic islet', 'insulin-secreting cell'] }),
    entity('2', 'beta', { world: 'letters' }),
    entity('3', 'Universidade de São Paulo'),
    entity('4', "O'Neil (actor)", { aliases: ['AND OR NOT NEAR', 'C++'] }),
    entity('5', '東京大学', { aliases: ['University of Tokyo'] }),
    entity('6', '!!!'),
    entity('7', 'US Open', { world: 'sport' }),
    entity('8', 'x'.repeat(400)),
  ]);

  it('finds names by some of their words, in any order and number', async () => {
    expect((await keysFor(source, 'pancreatic β-cells'))[0]).toBe(1);
    expect(await keysFor(source, 'beta cells')).toEqual([2, 1]);
    expect(await keysFor(source, 'Paulo university of Sao')).toEqual([3, 5, 1]); // "of" too
    expect(await keysFor(source, 'The Tokyo Universities')).toEqual([5]);
    expect(await keysFor(source, '東京')).toEqual([5]);
    expect(await keysFor(source, 'U.S. opens')).toEqual([7]);
    expect(await keysFor(source, 'ONeil’s')).toEqual([4]);
  });

  it('takes nothing in a mention for syntax', async () => {
    expect(await keysFor(source, 'AND')).toEqual([4]);
    expect(await keysFor(source, '"AND" OR (NOT* NEAR/2 ^c title:beta - + {a b}')).toContain(4);
    for (const surface of [
      '',
      ' ',
      '!!!',
      '"',
      "'",
      '*',
      '(',
      'title:',
      '-',
      '\0',
      '\ud800',
      'title:(',
      '`; DROP TABLE lexicon',
    ]) {
      expect(await keysFor(source, surface), surface).toEqual([]);
    }
    expect(await keysFor(source, 'x'.repeat(5000))).toEqual([]);
    expect(await keysFor(source, `${'word '.repeat(4000)}beta`)).toEqual([2, 1]);
  });

  it('keeps to a world, and to entities that are complete', async () => {
    expect(await keysFor(source, 'beta', { world: 'letters' })).toEqual([2]);
    expect(await keysFor(source, 'beta', { world: 'sport' })).toEqual([]);
    expect(await keysFor(source, 'beta', { world: 'nowhere' })).toEqual([]);
    const pending = createLexicalSource(storeOf([entity('1', 'Paris'), entity('2', 'Paris')]), { through: 1 });
    expect(await keysFor(pending, 'Paris')).toEqual([1]);
  });

  it('gives each entity once, however many of its names fit, and as many as asked for', async () => {
    const aliases = Array.from({ length: 1100 }, (_, i) => `red box ${i}`);
    const many = sourceOf([entity('1', 'red', { aliases }), entity('2', 'blue', { aliases: ['a red one indeed'] })]);
    expect(await keysFor(many, 'red', { limit: 2 })).toEqual([1, 2]);
    expect(await keysFor(many, 'red', { limit: 1 })).toEqual([1]);
    expect(lexiconNames({ title: 'red', aliases })).toHaveLength(rowsPerEntity);
  });

  it('prefers a title to an alias that fits as well', async () => {
    const towns = sourceOf([entity('1', 'Ilium', { aliases: ['Troy'] }), entity('2', 'Troy'), entity('3', 'Rome')]);
    expect(await keysFor(towns, 'troy')).toEqual([2, 1]);
  });

  it('lets words that very many names have only add to what rarer ones find, and else asks for all of them', async () => {
    const rivers = Array.from({ length: 50 }, (_, i) => entity(`r${i}`, `River ${i}`));
    const all = createLexicalSource(
      storeOf([...rivers, entity('gold', 'Gold River'), entity('gold-2', 'Gold'), entity('g', 'Old River')]),
      { through: 53 },
      { commonFrom: 20 },
    );
    expect((await keysFor(all, 'river gold')).sort()).toEqual([51, 52]);
    expect(await keysFor(all, 'River', { limit: 3 })).toHaveLength(3);
    expect(await keysFor(all, 'gold river old')).toHaveLength(3);
    expect(await keysFor(all, 'the rivers 49')).toEqual([50]);
  });
});

describe('changes', () => {
  it('are followed: what is removed or replaced is gone, what is added is found', async () => {
    const database = storeOf([entity('1', 'Troy', { aliases: ['Ilium', 'Troy'] }), entity('2', 'Troy Town')]);
    const writer = createStoreWriter(database);
    const find = (surface: string) => keysFor(createLexicalSource(database, { through: 99 }), surface);
    expect(await find('Troy')).toEqual([1, 2]);
    writer.remove(['1']);
    expect(await find('Troy')).toEqual([2]);
    expect(await find('Ilium')).toEqual([]);
    writer.insert([entity('2', 'Ilium'), entity('3', 'Troy')], { onDuplicate: 'replace' });
    expect(await find('Troy')).toEqual([4]);
    expect(await find('Ilium')).toEqual([3]);
    expect(database.get('SELECT count(*) FROM lexicon_docsize')).toEqual([2]);
    database.run("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')");
  });
});

describe('BM25', () => {
  const random = seededRandom(11);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * random() * values.length)]!;
  const vocabulary =
    'river rivers of lake Łódź café ox oxen σ sigma city cities running run north O’Neil U.S. us 東京 9 write-ahead'.split(
      ' ',
    );
  const phrase = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(vocabulary)).join(' ');
  const entities = Array.from({ length: 400 }, (_, i) =>
    entity(`e${i}`, phrase(), {
      ...(random() < 0.5 && { aliases: [phrase(), phrase()] }),
      ...(random() < 0.5 && { world: pick(['one', 'two']) }),
    }),
  );
  const database = storeOf(entities);
  const source = createLexicalSource(database, { through: entities.length });

  it('is what a computation over all names gives', async () => {
    const twin = slowTwin(database);
    for (let i = 0; i < 50; i++) {
      const surface = phrase();
      const world = pick([undefined, 'one', 'two']);
      const expected = twin(surface).filter(({ key }) => world === undefined || entities[key - 1]!.world === world);
      const [found] = await source.retrieve([mention(surface, world)], { limit: 1000 });
      expect([...found!.keys].sort((a, b) => a - b)).toEqual(expected.map(({ key }) => key).sort((a, b) => a - b));
      const byKey = new Map(expected.map(({ key, score }) => [key, score]));
      found!.keys.forEach((key, at) => {
        const score = byKey.get(key)!;
        expect(found!.scores[at]).toBeCloseTo(score / (score + 8), 5);
      });
    }
  });
});

/** BM25 of every name, from the words of the index itself: FTS5's list of where each stem occurs. */
function slowTwin(database: Database): (surface: string) => { key: number; score: number }[] {
  database.exec(`
    CREATE VIRTUAL TABLE stems USING fts5vocab (lexicon, instance);
    CREATE VIRTUAL TABLE query USING fts5 (words, tokenize = 'porter ascii');
    CREATE VIRTUAL TABLE asked USING fts5vocab (query, row);
  `);
  const documents = new Map<number, { length: number; terms: Map<string, number> }>();
  const withTerm = new Map<string, Set<number>>();
  for (const [term, row, column] of database.all<[string, number, string]>('SELECT term, doc, col FROM stems')) {
    const document = documents.get(row) ?? { length: 0, terms: new Map<string, number>() };
    document.length++;
    document.terms.set(term, (document.terms.get(term) ?? 0) + (column === 'title' ? 1.2 : 1));
    documents.set(row, document);
    withTerm.set(term, (withTerm.get(term) ?? new Set()).add(row));
  }
  const total = documents.size;
  const mean = [...documents.values()].reduce((sum, { length }) => sum + length, 0) / total;
  return (surface) => {
    const best = new Map<number, number>();
    const words = [...new Set(lexicalWords(surface))];
    // Words are told apart as written: two that have one stem count twice.
    const terms = words.map((word) => {
      database.run('DELETE FROM query');
      database.run('INSERT INTO query (words) VALUES (?)', word);
      return database.get<[string]>('SELECT term FROM asked')![0];
    });
    for (const [row, { length, terms: own }] of documents) {
      let score = 0;
      for (const term of terms) {
        const frequency = own.get(term) ?? 0;
        const bearers = withTerm.get(term)?.size ?? 0;
        const inverse = Math.max(Math.log((total - bearers + 0.5) / (bearers + 0.5)), 1e-6);
        score += (inverse * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * length) / mean));
      }
      const key = Math.floor(row / rowsPerEntity);
      if (score > 0) best.set(key, Math.max(best.get(key) ?? 0, score));
    }
    return [...best].map(([key, score]) => ({ key, score }));
  };
}
