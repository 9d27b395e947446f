import { type NamesIndex, nameWords } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';
import { seededRandom } from './data.js';
import { createReferenceNames, type NamedEntity } from './reference-names.js';
import { sampleEntities } from './samples.js';

export interface NamesIndexContract {
  /** A names index of these entities, whose keys ascend. */
  create(entities: readonly NamedEntity[]): Promise<NamesIndex>;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything a `NamesIndex` promises. */
export function testNamesIndex(name: string, contract: NamesIndexContract): void {
  testContract(`NamesIndex contract: ${name}`, namesIndexPromises(contract), contract.knownDivergences);
}

const samples: readonly NamedEntity[] = sampleEntities.map((entity, key) => ({ key, entity }));
const keyOf = (id: string) => sampleEntities.findIndex((entity) => entity.id === id);
const words = (text: string) => nameWords(text).map(({ normalized }) => normalized);

export function namesIndexPromises(contract: NamesIndexContract): ContractPromise[] {
  const promise = (title: string, body: (names: NamesIndex) => Promise<void>, entities = samples): ContractPromise => ({
    title,
    body: async () => body(await contract.create(entities)),
  });
  const [capital, texan, prince, newYork] = ['paris-fr', 'paris-tx', 'paris-troy', 'nyc'].map(keyOf) as [
    number,
    number,
    number,
    number,
  ];

  return [
    promise('finds titles as written first, by key, then a title less its bracket', async (names) => {
      const found = await names.lookup('Paris', { limit: 10 });
      expect(found.slice(0, 3)).toEqual([
        { key: capital, kind: 'title' },
        { key: prince, kind: 'title' },
        { key: texan, kind: 'normalized-title' },
      ]);
    }),
    promise('tells title from alias, and as written from normalized', async (names) => {
      const first = async (surface: string) => (await names.lookup(surface, { limit: 1 }))[0];
      expect(await first('New York City')).toEqual({ key: newYork, kind: 'title' });
      expect(await first('Big Apple')).toEqual({ key: newYork, kind: 'alias' });
      expect(await first('NEW YORK CITY')).toEqual({ key: newYork, kind: 'normalized-title' });
      expect(await first('big apple')).toEqual({ key: newYork, kind: 'normalized-alias' });
      expect(await first('sao paulo')).toEqual({ key: keyOf('sao-paulo'), kind: 'normalized-title' });
      expect(await first('Paris (Texas)')).toEqual({ key: texan, kind: 'title' });
      expect((await first('𐌲𐌿𐍄𐌰 𠜎'))?.key).toBe(keyOf('gothic'));
    }),
    promise('gives each key once, and at most as many as asked for', async (names) => {
      for (const limit of [1, 2, 3, 10]) {
        const found = await names.lookup('Paris', { limit });
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
        expect(found.slice(0, 2)).toEqual((await names.lookup('Paris', { limit: 10 })).slice(0, Math.min(limit, 2)));
      }
    }),
    promise('keeps to a world', async (names) => {
      const within = async (world: string) => (await names.lookup('Paris', { limit: 10, world })).map(({ key }) => key);
      expect(await within('earth')).toEqual([capital, texan]);
      expect(await within('myth')).toEqual([prince]);
      expect(await within('nowhere')).toEqual([]);
    }),
    promise('finds nothing for what nobody bears, and for nothing', async (names) => {
      for (const surface of ['Zanzibar', '', '   ', '__proto__x', '\ud83d']) {
        expect(await names.lookup(surface, { limit: 5 })).toEqual([]);
      }
    }),
    promise('scans for the longest names, left to right, without overlap', async (names) => {
      const text = words('From New York City to São Paulo and Helen of Troy in new york');
      const spans = await names.scan(text);
      expect(spans.map(({ from, to }) => text.slice(from, to).join(' '))).toEqual([
        'new york city',
        'sao paulo',
        'helen of troy',
        'new york',
      ]);
    }),
    promise('scans nothing, and words without a name, to nothing', async (names) => {
      expect(await names.scan([])).toEqual([]);
      expect(await names.scan(words('nobody here bears anything'))).toEqual([]);
    }),
    promise(
      'scans and looks up as the reference does, on thousands of made-up names',
      async (names) => {
        const twin = createReferenceNames(madeUp);
        const random = seededRandom(17);
        const text = Array.from({ length: 400 }, () => syllables[Math.floor(random() * syllables.length)]!);
        expect(await names.scan(text)).toEqual(await twin.scan(text));
        for (const { entity } of madeUp.slice(0, 100)) {
          const expected = await twin.lookup(entity.title, { limit: 50 });
          const found = await names.lookup(entity.title, { limit: 50 });
          expect(found.slice(0, expected.length)).toEqual(expected);
          expect(found.slice(expected.length).every(({ kind }) => kind === 'partial')).toBe(true);
        }
      },
      madeUpNames(),
    ),
    promise('stops when it is told to', async (names) => {
      const signal = AbortSignal.abort(new Error('stop'));
      await expect(names.lookup('Paris', { limit: 5, signal })).rejects.toThrow('stop');
      await expect(names.scan(['paris'], { signal })).rejects.toThrow('stop');
    }),
    promise(
      'may be empty',
      async (names) => {
        expect(await names.lookup('Paris', { limit: 5 })).toEqual([]);
        expect(await names.scan(['paris'])).toEqual([]);
      },
      [],
    ),
  ];
}

/** Words that are no function words and whose plurals are no other word of the list. */
const syllables = ['bal', 'dor', 'kel', 'mun', 'pol', 'rak', 'tev', 'vin', 'zor', 'gam', 'hul', 'jin'];
const madeUp = madeUpNames();

function madeUpNames(): NamedEntity[] {
  const random = seededRandom(3);
  const name = () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]!)
      .map((word) => (random() < 0.5 ? word : word[0]!.toUpperCase() + word.slice(1)))
      .join(' ');
  return Array.from({ length: 1500 }, (_, key) => ({
    key,
    entity: { title: random() < 0.1 ? `${name()} (${name()})` : name(), ...(random() < 0.3 && { aliases: [name()] }) },
  }));
}
