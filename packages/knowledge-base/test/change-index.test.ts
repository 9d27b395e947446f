import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity } from '@referent/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildKnowledgeBase,
  createEntitySource,
  describeKnowledgeBase,
  type IndexProvider,
  moveIndex,
  openKnowledgeBase,
  removeEntities,
  setIndexSettings,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, fakeVector, model } from './fakes.js';
import { temporaryFolder } from './folders.js';

const entities: Entity[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Town ${id}`, text: `About ${id}.` }));
const index = createFileIndexProvider();
const other: IndexProvider = { ...createFileIndexProvider(), backend: 'other', settings: { kind: 2 } };

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  const sources = [createEntitySource({ name: 'list', entities: () => entities })];
  await buildKnowledgeBase({ folder, sources, encoder: createFakeEncoder(), model, index });
});

/** Ids by descending likeness to `a`, and which backend was asked. */
async function nearest() {
  const asked: string[] = [];
  const kb = await openKnowledgeBase({
    folder,
    model,
    openIndex: (path, dimensions, context) => {
      asked.push(`${context.backend} ${JSON.stringify(context.settings)}`);
      return index.open(path, dimensions, context);
    },
  });
  const [hits] = await kb.index.search({ data: Float32Array.from(fakeVector(entities[0]!)), count: 1 }, 10);
  const found = await kb.store.get(hits!.keys);
  await kb.close();
  return { asked, ids: found.map((hit) => hit?.id) };
}

describe('moveIndex', () => {
  it('makes the index again in another backend, without removed entities, and drops the old file', async () => {
    await removeEntities({ folder, ids: ['c'], index, deferIndex: true });
    const before = await nearest();
    const manifest = await moveIndex({ folder, index: other });
    expect(manifest).toEqual((await describeKnowledgeBase(folder)).manifest);
    expect(manifest.index).toMatchObject({
      backend: 'other',
      settings: { kind: 2 },
      file: 'index-2.other',
      through: 4,
    });
    expect(manifest.counts.entities).toBe(3);
    expect(await nearest()).toEqual({ asked: ['other {"kind":2}'], ids: before.ids });
    expect(before.asked).toEqual(['file {}']);
    expect(readdirSync(folder).filter((name) => name.startsWith('index-'))).toEqual(['index-2.other']);
    expect((await describeKnowledgeBase(folder)).pending).toEqual({ added: 0, removed: 0 });
  });

  it('changes nothing when it is stopped', async () => {
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const moving = moveIndex({ folder, index: other, signal: AbortSignal.abort(new Error('enough')) });
    await expect(moving).rejects.toThrow('enough');
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
    expect((await nearest()).ids).toHaveLength(4);
  });

  it.each([
    ['missing', (path: string) => rmSync(path)],
    ['cut short', (path: string) => truncateSync(path, 10)],
  ])('says so when the vectors are %s', async (_, damage) => {
    const { manifest } = await describeKnowledgeBase(folder);
    damage(join(folder, manifest.vectors.file));
    const moving = moveIndex({ folder, index: other });
    await expect(moving).rejects.toMatchObject({ code: 'KB_NO_VECTORS', fix: expect.stringContaining('build') });
  });

  it('refuses a folder that is no knowledge base', async () => {
    const moving = moveIndex({ folder: temporaryFolder(), index: other });
    await expect(moving).rejects.toMatchObject({ code: 'KB_NOT_A_KNOWLEDGE_BASE' });
  });
});

describe('setIndexSettings', () => {
  it('keeps the file, and gives the new settings to whoever opens it', async () => {
    const before = await nearest();
    const { index: changed } = await setIndexSettings({ folder, settings: { expansionSearch: 99 } });
    expect(changed).toMatchObject({ backend: 'file', file: 'index-1.file', settings: { expansionSearch: 99 } });
    expect(await nearest()).toEqual({ asked: ['file {"expansionSearch":99}'], ids: before.ids });
  });
});
