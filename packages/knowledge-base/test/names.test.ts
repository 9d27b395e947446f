import { type Entity, type NameSpan, type NamesIndex, nameWords } from '@referent/core';
import { seededRandom } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryKnowledge } from '../src/index.js';
import { isMentionable, nameForms, singulars } from '../src/names/name-forms.js';
import { createDatabaseNames } from '../src/store/store-names.js';
import { createStoredEntities } from './stores.js';

const onDisk = (entities: readonly Entity[]): NamesIndex =>
  createDatabaseNames(createStoredEntities(entities), { through: entities.length });

const inMemory = (entities: readonly Entity[]) => createMemoryKnowledge(entities).names;

const entity = (id: string, title: string, more: Partial<Entity> = {}): Entity => ({ id, title, text: 'd', ...more });
const spansOf = async (names: NamesIndex, text: string) => {
  const words = nameWords(text);
  const spans = await names.scan(words.map(({ normalized }) => normalized));
  return spans.map(({ from, to }) => text.slice(words[from]!.start, words[to - 1]!.end));
};

describe.each([
  ['on disk', onDisk],
  ['in memory', inMemory],
])('names %s', (_, create) => {
  const names = create([
    entity('1', 'Paris', { aliases: ['City of Light', 'PARIS'] }),
    entity('2', 'Paris (Texas)', { world: 'usa' }),
    entity('3', 'PARIS', { world: 'usa' }),
    entity('4', 'Paris Hilton'),
    entity('5', 'Alexander', { aliases: ['Paris'] }),
    entity('6', 'The Who'),
    entity('7', 'X', { aliases: ['X-Ray', '1984'] }),
    entity('8', 'Victoria'),
    entity('9', 'Beatles'),
    entity('10', 'Universal City (California)', { aliases: ['Hilton of Paris'] }),
    entity('11', 'New York City', { aliases: ['Big Apple'] }),
    entity('12', 'New York'),
    entity('13', '!!!'),
    entity('14', 'São Tomé', { aliases: ['⑴ two', 'Łódź'] }),
    entity('15', 'x'.repeat(400)),
  ]);
  const lookup = async (surface: string, options: { limit?: number; world?: string } = {}) =>
    (await names.lookup(surface, { limit: 20, ...options })).map(({ key, kind }) => `${key} ${kind}`);

  it('finds what an abbreviation stands for, after those who bear it as a name', async () => {
    const cells = create([
      entity('1', 'embryonic stem cell'),
      entity('2', 'ES cell line', { aliases: ['retinal progenitor cell'] }),
      entity('3', 'Write-ahead log'),
      entity('4', 'Department of Defense (USA)', { world: 'usa' }),
      entity('5', 'ESC'),
      entity('6', 'Paris'),
    ]);
    const found = async (surface: string, world?: string) =>
      (await cells.lookup(surface, { limit: 20, ...(world && { world }) })).map(({ key, kind }) => `${key} ${kind}`);
    expect(await found('ESC')).toEqual(['5 title', '1 initials']);
    expect(await found('ES cells')).toEqual(['1 initials']);
    expect(await found('RPCs')).toEqual(['2 initials']);
    expect(await found('W.A.L.')).toEqual(['3 initials']);
    expect(await found('DoD', 'usa')).toEqual(['4 initials']);
    expect(await found('DD')).toEqual(['4 initials']);
    expect(await found('esc')).toEqual(['5 normalized-title']);
    expect(await found('es cells')).toEqual([]);
    expect(await spansOf(cells, 'The DoD keeps a wal and an esc')).toEqual(['esc']);
  });

  it('ranks exact titles, exact aliases, normalized ones, then names with more words', async () => {
    expect(await lookup('Paris')).toEqual([
      '1 title',
      '5 alias',
      '2 normalized-title',
      '3 normalized-title',
      '4 partial',
      '10 partial',
    ]);
    expect(await lookup('PARIS')).toEqual([
      '3 title',
      '1 alias',
      '2 normalized-title',
      '5 normalized-alias',
      '4 partial',
      '10 partial',
    ]);
    expect(await lookup("paris's", { limit: 2 })).toEqual(['1 normalized-title', '2 normalized-title']);
  });

  it('keeps to a world', async () => {
    expect(await lookup('Paris', { world: 'usa' })).toEqual(['2 normalized-title', '3 normalized-title']);
    expect(await lookup('Texas', { world: 'usa' })).toEqual(['2 partial']);
    expect(await lookup('Hilton', { world: 'usa' })).toEqual([]);
    expect(await lookup('Paris', { world: 'nowhere' })).toEqual([]);
  });

  it('takes singular for plural and plural for singular only where nothing else is found', async () => {
    expect(await lookup('Victorias')).toEqual(['8 normalized-title']);
    expect(await lookup('beatle')).toEqual(['9 normalized-title']);
    expect(await lookup('Universal Cities')).toEqual(['10 normalized-title']);
  });

  it('finds names with and without hyphens, with Greek letters and with plurals of Latin', async () => {
    const cells = create([
      entity('1', 'beta cell'),
      entity('2', 'T-cell'),
      entity('3', 'spermatogonium', { aliases: ['ganglion', 'nucleus', 'alga', 'matrix'] }),
      entity('4', 'embryonic stem cell'),
      entity('5', 'T(FH)'),
      entity('6', 'write ahead log'),
    ]);
    const found = async (surface: string) =>
      (await cells.lookup(surface, { limit: 20 })).map(({ key, kind }) => `${key} ${kind}`);
    for (const surface of ['β-cells', 'β cell', 'Beta-Cell'])
      expect(await found(surface)).toEqual(['1 normalized-title']);
    expect(await found('T-cell')).toEqual(['2 title']);
    for (const surface of ['T cells', 't-cells']) expect(await found(surface)).toEqual(['2 normalized-title']);
    expect(await found('spermatogonia')).toEqual(['3 normalized-title']);
    for (const surface of ['ganglia', 'nuclei', 'algae', 'matrices']) {
      expect(await found(surface)).toEqual(['3 normalized-alias']);
    }
    expect(await found('ES-cells')).toEqual(['4 initials']);
    expect(await found('T')).toEqual([]);
    expect(await spansOf(cells, 'Write-ahead logs, T cells, spermatogonia and a T-cell')).toEqual([
      'T cells',
      'spermatogonia',
      'T-cell',
    ]);
  });

  it('finds part of a name only where one name has all the words', async () => {
    expect(await lookup('hilton paris')).toEqual(['4 partial', '10 partial']);
    expect(await lookup('Universal Hilton')).toEqual([]);
    expect(await lookup('york')).toEqual(['12 partial', '11 partial']);
    expect(await lookup('the')).toEqual([]);
  });

  it('knows names of signs, accents and digits', async () => {
    expect(await lookup('!!!')).toEqual(['13 title']);
    expect(await lookup('sao tome')).toEqual(['14 normalized-title']);
    expect(await lookup('1984')).toEqual(['7 alias']);
    expect(await lookup('')).toEqual([]);
    expect(await lookup('x'.repeat(400))).toEqual([]); // a text in the wrong field
  });

  it('scans for the longest names, plurals too, and not for function words, letters and numbers', async () => {
    expect(await spansOf(names, 'The New York city council met the Victorias; who saw X in 1984? The who.')).toEqual([
      'New York city',
      'Victorias',
    ]);
    expect(await spansOf(names, "In Paris, Texas: Paris Hilton's x-ray of the City of Light.")).toEqual([
      'Paris, Texas',
      "Paris Hilton's",
      'x-ray',
      'City of Light',
    ]);
    expect(await spansOf(names, 'New new York')).toEqual(['new York']);
    expect(await names.scan([])).toEqual([]);
  });
});

describe('names on disk and in memory', () => {
  const random = seededRandom(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const vocabulary =
    'red blue red-blue β-box Ox oxes Sea Seas city cities the of x 9 Ünder Łodz a.b O’Neil (1) box boxes ½'.split(' ');
  const phrase = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(vocabulary)).join(' ');
  const entities = Array.from({ length: 600 }, (_, i) =>
    entity(`e${i}`, random() < 0.2 ? `${phrase()} (${phrase()})` : phrase(), {
      ...(random() < 0.5 && { aliases: [phrase(), phrase()] }),
      ...(random() < 0.5 && { world: pick(['one', 'two']) }),
    }),
  );
  const disk = onDisk(entities);
  const memory = inMemory(entities);

  it('agree on every lookup', async () => {
    for (let i = 0; i < 400; i++) {
      const surface = phrase();
      const options = { limit: pick([1, 5, 1000]), world: pick([undefined, 'one', 'two']) };
      expect(await disk.lookup(surface, options), surface).toEqual(await memory.lookup(surface, options));
    }
  });

  it('agree with trying every stretch of a text', async () => {
    const all = new Set(entities.flatMap(nameForms).map(({ name }) => name));
    const words = Array.from({ length: 3000 }, () => pick(nameWords(vocabulary.join(' '))).normalized);
    const expected = slowScan(words, all);
    expect(expected.length).toBeGreaterThan(500);
    expect(await disk.scan(words)).toEqual(expected);
    expect(await memory.scan(words)).toEqual(expected);
  });
});

function slowScan(words: readonly string[], names: ReadonlySet<string>): NameSpan[] {
  const isName = (from: number, to: number) => {
    const before = words.slice(from, to - 1);
    const last = words[to - 1]!;
    return [last, ...singulars(last)].some((word) => {
      const name = [...before, word];
      return names.has(name.join(' ')) && isMentionable(name) && isMentionable(words.slice(from, to));
    });
  };
  const spans: NameSpan[] = [];
  for (let from = 0; from < words.length; from++) {
    for (let to = words.length; to > from; to--) {
      if (to - from > 12 || !isName(from, to)) continue;
      spans.push({ from, to });
      from = to - 1;
    }
  }
  return spans;
}
