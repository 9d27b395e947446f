import type { Entity, EntityStore } from '@referent/core';
import { expect } from 'vitest';
import { type ContractPromise, type KnownDivergences, testContract } from './contract.js';
import { sampleEntities } from './samples.js';

export interface EntityStoreContract {
  /** A store of these entities, in whatever way it is filled. The suite closes it. */
  create(entities: readonly Entity[]): Promise<EntityStore>;
  readonly knownDivergences?: KnownDivergences;
}

/** Everything an `EntityStore` promises. */
export function testEntityStore(name: string, contract: EntityStoreContract): void {
  testContract(`EntityStore contract: ${name}`, entityStorePromises(contract), contract.knownDivergences);
}

export function entityStorePromises(contract: EntityStoreContract): ContractPromise[] {
  const promise = (
    title: string,
    body: (store: EntityStore) => Promise<void>,
    entities: readonly Entity[] = sampleEntities,
  ): ContractPromise => ({
    title,
    body: async () => {
      const store = await contract.create(entities);
      try {
        await body(store);
      } finally {
        await store.close();
      }
    },
  });
  const ids = sampleEntities.map(({ id }) => id);
  const allKeys = async (store: EntityStore) => (await store.keysOf(ids)) as number[];

  return [
    promise('counts its entities and gives each a key of its own, from 0 to 2^32 - 1', async (store) => {
      expect(store.size).toBe(ids.length);
      const keys = await allKeys(store);
      expect(new Set(keys).size).toBe(ids.length);
      expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 32)).toBe(true);
    }),
    promise('gives every entity back as it came', async (store) => {
      expect(await store.get(await allKeys(store))).toEqual(sampleEntities);
    }),
    promise('answers in the order of the keys, repeats included, for arrays and typed arrays', async (store) => {
      const keys = await allKeys(store);
      const wanted = [keys[3]!, keys[0]!, keys[3]!, keys[1]!];
      const expected = [3, 0, 3, 1].map((at) => sampleEntities[at]);
      expect(await store.get(wanted)).toEqual(expected);
      expect(await store.get(Uint32Array.from(wanted))).toEqual(expected);
    }),
    promise('says undefined for keys and ids that it does not have, in their places', async (store) => {
      const keys = await allKeys(store);
      const free = [...keys.keys(), 2 ** 32 - 1, 1e9].find((key) => !keys.includes(key))!;
      expect(await store.get([free, keys[2]!])).toEqual([undefined, sampleEntities[2]]);
      const strange = ['nobody', ids[4]!, '', 'toString', 'PARIS-FR'];
      expect(await store.keysOf(strange)).toEqual([undefined, keys[4], undefined, undefined, undefined]);
    }),
    promise('answers nothing with nothing', async (store) => {
      expect(await store.get([])).toEqual([]);
      expect(await store.get(new Uint32Array())).toEqual([]);
      expect(await store.keysOf([])).toEqual([]);
    }),
    promise('lists the keys of a world, ascending, and none for a world that it does not know', async (store) => {
      const keys = await allKeys(store);
      for (const world of ['earth', 'myth']) {
        const expected = keys.filter((_, at) => sampleEntities[at]!.world === world).sort((a, b) => a - b);
        const found = await store.keysOfWorld(world);
        expect(found).toBeInstanceOf(Uint32Array);
        expect([...found]).toEqual(expected);
      }
      for (const world of ['', 'Earth', 'undefined', '__proto__']) {
        expect([...(await store.keysOfWorld(world))]).toEqual([]);
      }
    }),
    promise('hands out keys of a world that the caller may change', async (store) => {
      const before = await store.keysOfWorld('earth');
      const copy = [...before];
      before.fill(0);
      expect([...(await store.keysOfWorld('earth'))]).toEqual(copy);
    }),
    promise(
      'answers thousands of keys and ids at once',
      async (store) => {
        const many = Array.from({ length: 3000 }, (_, i) => `e${2999 - i}`);
        const keys = (await store.keysOf(many)) as number[];
        expect((await store.get(keys)).map((entity) => entity?.id)).toEqual(many);
      },
      Array.from({ length: 3000 }, (_, i) => ({ id: `e${i}`, title: `Entity ${i}`, text: `Number ${i}.` })),
    ),
    promise(
      'may be empty',
      async (store) => {
        expect(store.size).toBe(0);
        expect(await store.get([0, 1])).toEqual([undefined, undefined]);
        expect(await store.keysOf(['a'])).toEqual([undefined]);
        expect([...(await store.keysOfWorld('earth'))]).toEqual([]);
      },
      [],
    ),
    promise('stops when it is told to', async (store) => {
      const signal = AbortSignal.abort(new Error('stop'));
      await expect(store.get(await allKeys(store), { signal })).rejects.toThrow('stop');
      await expect(store.keysOf(ids, { signal })).rejects.toThrow('stop');
      await expect(store.keysOfWorld('earth', { signal })).rejects.toThrow('stop');
    }),
    promise('closes twice', async (store) => {
      await store.close();
      await store.close();
    }),
  ];
}
