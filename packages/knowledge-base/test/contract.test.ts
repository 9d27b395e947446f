import type { Entity } from '@referent/core';
import { testEntityStore, testNamesIndex } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryKnowledge } from '../src/index.js';
import { createMemoryNames } from '../src/names/memory-names.js';
import { createDatabaseStore } from '../src/store/entity-store.js';
import { createDatabaseNames } from '../src/store/store-names.js';
import { createStoredEntities } from './stores.js';

const everything = { through: 0xffffffff };

testEntityStore('on disk', {
  create: async (entities) => createDatabaseStore(createStoredEntities(entities), everything),
});
testEntityStore('in memory', { create: async (entities) => createMemoryKnowledge(entities).store });

testNamesIndex('on disk', {
  async create(entities) {
    const stored = entities.map(({ key, entity }): Entity => ({ id: `${key}`, text: '', ...entity }));
    const names = createDatabaseNames(createStoredEntities(stored), everything);
    // The suite counts from 0, the store from 1.
    const lookup: typeof names.lookup = async (...asked) =>
      (await names.lookup(...asked)).map(({ key, kind }) => ({ key: key - 1, kind }));
    return { ...names, lookup };
  },
});
testNamesIndex('in memory', { create: async (entities) => createMemoryNames(entities) });

describe('createMemoryKnowledge', () => {
  it('keys a list from 1, in its order', async () => {
    const { keys, store } = createMemoryKnowledge([
      { id: 'a', title: 'A', text: '' },
      { id: 'b', title: 'B', text: 'b' },
    ]);
    expect(keys).toEqual(Uint32Array.of(1, 2));
    expect((await store.get(keys)).map((entity) => entity!.id)).toEqual(['a', 'b']);
  });

  it.each([
    ['an empty title', [{ id: 'a', title: '', text: '' }]],
    [
      'an id twice',
      [
        { id: 'a', title: 'A', text: '' },
        { id: 'a', title: 'B', text: '' },
      ],
    ],
  ])('refuses %s', (_, entities) => {
    expect(() => createMemoryKnowledge(entities)).toThrow(expect.objectContaining({ code: 'KB_BAD_ENTITY' }));
  });
});
