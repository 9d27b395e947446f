import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity } from '@referent/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addEntities,
  buildKnowledgeBase,
  createEntitySource,
  describeKnowledgeBase,
  type IndexProvider,
  moveIndex,
  openKnowledgeBase,
  removeEntities,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, fakeVector, model } from './fakes.js';
import { temporaryFolder } from './folders.js';
import { createFakeServer, createResidentProvider, type FakeServer } from './resident.js';

const entityOf = (i: number): Entity => ({ id: `e${i}`, title: `Town ${i}`, text: `About ${i}.` });
const entities = Array.from({ length: 20_000 }, (_, i) => entityOf(i)); // three batches of the index step
const lost = { code: 'INDEX_CONNECTION_LOST' };

let folder: string;
let server: FakeServer;
let index: IndexProvider;
beforeEach(() => {
  folder = temporaryFolder();
  server = createFakeServer();
  index = createResidentProvider(server);
});

const sourceOf = (list: readonly Entity[], name = 'list') => createEntitySource({ name, entities: () => list });
const build = (list: readonly Entity[], provider = index, replace = false) =>
  buildKnowledgeBase({
    folder,
    sources: [sourceOf(list)],
    encoder: createFakeEncoder(),
    model,
    index: provider,
    replace,
  });
const add = (list: readonly Entity[]) =>
  addEntities({ folder, sources: [sourceOf(list, 'more')], encoder: createFakeEncoder(), model, index });
const keysAtServer = () => [...server.tables.values()].map(({ vectors }) => vectors.size);

/** Ids of all that a search finds. */
async function found(list: readonly Entity[], provider = index): Promise<(string | undefined)[]> {
  const kb = await openKnowledgeBase({ folder, model, openIndex: provider.open });
  const query = { data: Float32Array.from(fakeVector(list[0]!)), count: 1 };
  const [hits] = await kb.index.search(query, 2 * list.length);
  const ids = (await kb.store.get(hits!.keys)).map((entity) => entity?.id);
  await kb.close();
  return ids;
}

describe('an index that is no file', () => {
  it('is noted, without a file, and found by its note', async () => {
    await build(entities.slice(0, 5));
    const note = JSON.parse(readFileSync(join(folder, 'index-1.server'), 'utf8'));
    expect(note).toMatchObject({
      backend: 'server',
      where: { address: 'server.example' },
      model: { hash: model.hash, dimensions: model.dimensions },
      through: 5,
    });
    expect([...server.tables.keys()]).toEqual([note.name]);
    const { manifest, residence } = await describeKnowledgeBase(folder);
    expect(manifest.index).toMatchObject({ backend: 'server', isResident: true, through: 5 });
    expect(residence).toEqual({ name: note.name, where: note.where });
    expect((await found(entities.slice(0, 5))).sort()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
  });

  it.each([
    ['replaces what may be stored already', {}, [1, 2, 2], 6],
    ['asks what is stored already', { hasContains: true }, [1, 1, 1], 3],
  ])('goes on where it was stopped: %s', async (_, options, lives, mostBatches) => {
    index = createResidentProvider(server, options);
    for (const callsToLive of lives) {
      server.callsToLive = callsToLive;
      await expect(build(entities)).rejects.toMatchObject(lost);
    }
    server.callsToLive = Number.POSITIVE_INFINITY;
    await build(entities);
    expect(keysAtServer()).toEqual([entities.length]);
    // Three batches, of which each try repeats one at most, where it cannot know.
    expect(server.calls.add + server.calls.update).toBe(mostBatches);
    expect(await found(entities)).toHaveLength(entities.length);
  });

  it('shows an addition only when it is whole, and completes it', async () => {
    await build(entities.slice(0, 3));
    server.callsToLive = 1;
    await expect(add(entities.slice(3, 6))).rejects.toMatchObject(lost);
    expect(keysAtServer()).toEqual([6]); // it is stored, but nobody said so
    expect(await found(entities.slice(0, 6))).toHaveLength(3);
    server.callsToLive = Number.POSITIVE_INFINITY;
    // One of them goes before the addition is completed.
    await removeEntities({ folder, ids: ['e4', 'e0'], index });
    expect((await found(entities.slice(0, 6))).sort()).toEqual(['e1', 'e2', 'e3', 'e5']);
    expect(keysAtServer()).toEqual([4]);
    expect((await describeKnowledgeBase(folder)).pending).toEqual({ added: 0, removed: 0 });
  });

  it('hides what was removed before the index followed, and is made anew where it cannot forget', async () => {
    index = createResidentProvider(server, { canRemove: false });
    await build(entities.slice(0, 4));
    await removeEntities({ folder, ids: ['e1'], index, deferIndex: true });
    expect((await found(entities.slice(0, 4))).sort()).toEqual(['e0', 'e2', 'e3']);
    await add([entities[4]!]);
    expect(keysAtServer()).toEqual([4]); // one table, and the key is not in it
    expect(readdirSync(folder).filter((name) => name.startsWith('index-'))).toEqual(['index-2.server']);
  });

  it('is swept away when the index moves, is replaced, or is begun otherwise', async () => {
    await build(entities.slice(0, 3));
    await build(entities.slice(0, 4), index, true);
    expect(keysAtServer()).toEqual([4]);
    const other = createResidentProvider(server, { settings: { kind: 2 } });
    server.callsToLive = 1;
    await expect(moveIndex({ folder, index: other })).rejects.toMatchObject(lost);
    server.callsToLive = Number.POSITIVE_INFINITY;
    expect(keysAtServer()).toEqual([4, 4]);
    await moveIndex({ folder, index: createResidentProvider(server, { settings: { kind: 3 } }) });
    expect(keysAtServer()).toEqual([4]);
    await moveIndex({ folder, index: createFileIndexProvider(), discardIndex: index.discard });
    expect(server.tables.size).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('index-'))).toEqual(['index-4.file']);
  });

  it('stays noted while its server is away, and is deleted later', async () => {
    await build(entities.slice(0, 3));
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message) };
    server.isAway = true;
    await moveIndex({ folder, index: createFileIndexProvider(), discardIndex: index.discard, logger });
    expect(warnings).toEqual([expect.stringContaining('will be tried again')]);
    expect(readdirSync(folder)).toContain('index-1.server');
    server.isAway = false;
    const file = createFileIndexProvider();
    await removeEntities({ folder, ids: ['e0'], index: file, discardIndex: index.discard });
    expect([server.tables.size, readdirSync(folder).includes('index-1.server')]).toEqual([0, false]);
  });

  it('with a note that is gone, damaged, or of another model is refused', async () => {
    await build(entities.slice(0, 3));
    const path = join(folder, 'index-1.server');
    const note = readFileSync(path, 'utf8');
    const corrupt = { code: 'KB_CORRUPT', fix: expect.stringContaining('index move') };
    writeFileSync(path, note.slice(0, 40));
    await expect(found(entities.slice(0, 3))).rejects.toMatchObject(corrupt);
    writeFileSync(path, note.replace(model.hash, 'of-another-model'));
    await expect(found(entities.slice(0, 3))).rejects.toMatchObject(corrupt);
    await moveIndex({ folder, index });
    expect(await found(entities.slice(0, 3))).toHaveLength(3);
  });
});
