import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity } from '@referent/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AddEntitiesOptions,
  addEntities,
  buildKnowledgeBase,
  createEntitySource,
  describeKnowledgeBase,
  type KnowledgeBase,
  openKnowledgeBase,
  removeEntities,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, fakeVector, model } from './fakes.js';
import { temporaryFolder } from './folders.js';

const entity = (id: string, more: Partial<Entity> = {}): Entity => ({
  id,
  title: `Town ${id}`,
  text: `About ${id}.`,
  ...more,
});
const first = ['a', 'b', 'c', 'd'].map((id) => entity(id));
const sourceOf = (entities: readonly Entity[]) => [createEntitySource({ name: 'list', entities: () => entities })];
const index = createFileIndexProvider();

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  await buildKnowledgeBase({ folder, sources: sourceOf(first), encoder: createFakeEncoder(), model, index });
});

const add = (entities: readonly Entity[], changes: Partial<AddEntitiesOptions> = {}) =>
  addEntities({ folder, sources: sourceOf(entities), encoder: createFakeEncoder(), model, index, ...changes });

async function reading<T>(work: (kb: KnowledgeBase) => Promise<T>): Promise<T> {
  const kb = await openKnowledgeBase({ folder, openIndex: index.open, model });
  try {
    return await work(kb);
  } finally {
    await kb.close();
  }
}

/** Ids by descending likeness to an entity, as a search finds them. */
const nearest = (target: Entity, k = 10) =>
  reading(async ({ index: found, store }) => {
    const [hits] = await found.search({ data: Float32Array.from(fakeVector(target)), count: 1 }, k);
    return (await store.get(hits!.keys)).map((hit) => hit?.id);
  });
const named = (surface: string) =>
  reading(async ({ names }) => (await names.lookup(surface, { limit: 9 })).map(({ key, kind }) => `${key} ${kind}`));

describe('addEntities', () => {
  it('makes entities findable by name, by vector, by id, by world, in running text', async () => {
    const added = entity('e', { world: 'new', aliases: ['Old Mill'] });
    expect(await add([added])).toMatchObject({
      added: 1,
      replaced: 0,
      manifest: { counts: { entities: 5, worlds: 1 } },
    });
    expect((await nearest(added))[0]).toBe('e');
    expect(await named('Old Mill')).toEqual(['5 alias']);
    await reading(async ({ store, names, vectors }) => {
      expect(await store.get([5])).toEqual([added]);
      expect(await store.keysOfWorld('new')).toEqual(Uint32Array.of(5));
      expect(await names.scan(['the', 'old', 'mill'])).toEqual([{ from: 1, to: 3 }]);
      expect((await vectors.read(Uint32Array.of(5))).data).toEqual(Float32Array.from(fakeVector(added)));
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('index'))).toEqual(['index-2.file']);
  });

  it('leaves an id that exists alone, and says so', async () => {
    const { added, problems } = await add([entity('a', { title: 'Other' }), entity('e')]);
    expect({ added, errors: problems.errors }).toEqual({ added: 1, errors: { 'duplicate-id': 1 } });
    expect((await reading(({ store }) => store.get([1])))[0]!.title).toBe('Town a');
  });

  it('replaces an entity under a new key, and encodes only what differs', async () => {
    const encoder = createFakeEncoder();
    const changed = entity('a', { title: 'Ayton' });
    expect(await add([changed, entity('b')], { onDuplicate: 'replace', encoder })).toMatchObject({
      added: 1,
      replaced: 1,
    });
    expect(encoder.encoded).toEqual([{ title: 'Ayton', text: 'About a.' }]);
    await reading(async ({ store, index: found }) => {
      expect(await store.keysOf(['a', 'b'])).toEqual([5, 2]);
      expect(await store.get([1, 5])).toEqual([undefined, changed]);
      expect(found.size).toBe(4);
    });
    expect(await named('Town a')).toEqual([]);
    expect(await named('Ayton')).toEqual(['5 title']);
  });

  it('shows nothing of an addition that was stopped, and completes it later', async () => {
    const failing = createFakeEncoder(() => {
      throw new Error('out of memory');
    });
    await expect(add([entity('e'), entity('f')], { encoder: failing })).rejects.toThrow('out of memory');
    await reading(async ({ store, warnings }) => {
      expect(store.size).toBe(4);
      expect(await store.keysOf(['e'])).toEqual([undefined]);
      expect(warnings).toEqual([expect.stringContaining('2 entities')]);
    });
    expect(await named('Town e')).toEqual([]);
    expect(await describeKnowledgeBase(folder)).toMatchObject({ counts: { entities: 4 }, pending: { added: 2 } });

    // Removing needs no encoder: it works on what is complete.
    expect(await removeEntities({ folder, ids: ['a'], index })).toMatchObject({
      removed: 1,
      manifest: { counts: { entities: 3 } },
    });
    expect(await add([], {})).toMatchObject({ added: 2, manifest: { counts: { entities: 5 } } });
    expect((await nearest(entity('f')))[0]).toBe('f');
    expect(await reading(async ({ warnings }) => warnings)).toEqual([]);
  });

  it('takes the same addition again after a stop, and counts as duplicates only what was there before', async () => {
    const failing = createFakeEncoder(() => {
      throw new Error('out of memory');
    });
    const entities = [entity('a'), entity('e'), entity('f')];
    await expect(add(entities, { encoder: failing })).rejects.toThrow('out of memory');
    const { added, problems } = await add(entities);
    expect(added).toBe(2);
    expect(problems.errors).toEqual({ 'duplicate-id': 1 });
  });

  it('refuses another model, another index and a second writer', async () => {
    await expect(add([], { model: { ...model, hash: 'x' } })).rejects.toMatchObject({ code: 'KB_WRONG_MODEL' });
    const other = { ...index, settings: { connectivity: 8 } };
    await expect(add([], { index: other })).rejects.toMatchObject({ code: 'KB_WRONG_INDEX' });
    const inside = createFakeEncoder(() => expect(add([])).rejects.toMatchObject({ code: 'KB_LOCKED' }));
    await add([entity('e')], { encoder: inside });
    expect(inside.encoded).toHaveLength(1);
  });

  it('works beside an unfinished rebuild', async () => {
    const stopping = createFakeEncoder(() => {
      throw new Error('stop');
    });
    const rebuild = { folder, sources: sourceOf([entity('z')]), model, index, replace: true };
    await expect(buildKnowledgeBase({ ...rebuild, encoder: stopping })).rejects.toThrow('stop');
    await add([entity('e')]);
    expect((await nearest(entity('e')))[0]).toBe('e');
    expect(await buildKnowledgeBase({ ...rebuild, encoder: createFakeEncoder() })).toMatchObject({ isResumed: true });
    expect(await nearest(entity('z'))).toEqual(['z']);
  });
});

describe('removeEntities', () => {
  it('takes entities out of everything, and never gives their keys again', async () => {
    expect(await removeEntities({ folder, ids: ['d', 'nobody', 'd'], index })).toMatchObject({ removed: 1 });
    expect(await nearest(first[3]!)).not.toContain('d');
    expect(await named('Town d')).toEqual([]);
    await add([entity('d')]);
    expect(await reading(({ store }) => store.keysOf(['d']))).toEqual([5]);
  });

  it('hides them when the index is left for later, however many they are', async () => {
    const before = (await describeKnowledgeBase(folder)).manifest.index.file;
    await removeEntities({ folder, ids: ['a', 'b', 'c'], index, deferIndex: true });
    expect((await describeKnowledgeBase(folder)).manifest.index.file).toBe(before);
    for (const k of [1, 2, 10]) expect(await nearest(first[0]!, k)).toEqual(['d']);
    expect(await describeKnowledgeBase(folder)).toMatchObject({ pending: { removed: 3 } });
    expect(await reading(async ({ index: found }) => found.size)).toBe(1);
    await removeEntities({ folder, ids: [], index });
    expect(await describeKnowledgeBase(folder)).toMatchObject({ pending: { removed: 0 } });
    expect(JSON.parse(readFileSync(join(folder, 'index-2.file'), 'utf8'))).toHaveLength(1);
  });

  it('builds the index again where the backend cannot remove', async () => {
    const rigid = createFileIndexProvider({ canRemove: false });
    await removeEntities({ folder, ids: ['a'], index: rigid });
    expect(JSON.parse(readFileSync(join(folder, 'index-2.file'), 'utf8'))).toHaveLength(3);
    expect(await nearest(first[0]!)).not.toContain('a');
  });

  it('touches no folder that is no knowledge base', async () => {
    const other = temporaryFolder();
    const call = removeEntities({ folder: other, ids: ['a'], index });
    await expect(call).rejects.toMatchObject({ code: 'KB_NOT_A_KNOWLEDGE_BASE' });
    expect(readdirSync(other)).toEqual([]);
  });
});

it('finishes a build that was killed after its last step', async () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const sources = sourceOf(first);
  const plan = {
    format: 2,
    created: manifest.created,
    model,
    index: { backend: 'file', settings: {} },
    sources: sources.map(({ name, identity }) => ({ name, identity })),
    generation: 1,
  };
  writeFileSync(join(folder, 'building.json'), JSON.stringify(plan));
  const encoder = createFakeEncoder();
  expect(await buildKnowledgeBase({ folder, sources, encoder, model, index })).toMatchObject({
    isResumed: true,
    manifest,
  });
  expect(existsSync(join(folder, 'building.json'))).toBe(false);
  expect(encoder.encoded).toEqual([]);
});
