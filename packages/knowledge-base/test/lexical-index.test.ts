import type { Entity } from '@referent/core';
import { beforeEach, expect, it } from 'vitest';
import {
  addEntities,
  addLexicalIndex,
  buildKnowledgeBase,
  createEntitySource,
  describeKnowledgeBase,
  openKnowledgeBase,
  removeEntities,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, model } from './fakes.js';
import { temporaryFolder } from './folders.js';

const entity = (id: string, title: string): Entity => ({ id, title, text: `About ${id}.` });
const towns = Array.from({ length: 7 }, (_, i) => entity(`t${i}`, `Mill Town ${i}`));
const sourceOf = (entities: readonly Entity[]) => [createEntitySource({ name: 'list', entities: () => entities })];
const index = createFileIndexProvider();

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  await buildKnowledgeBase({ folder, sources: sourceOf(towns), encoder: createFakeEncoder(), model, index });
});

const add = (entities: readonly Entity[]) =>
  addEntities({ folder, sources: sourceOf(entities), encoder: createFakeEncoder(), model, index });

async function find(surface: string): Promise<(string | undefined)[] | undefined> {
  const kb = await openKnowledgeBase({ folder, openIndex: index.open, model });
  try {
    const mention = { contextLeft: '', surface, contextRight: '' };
    const [answer] = (await kb.lexical?.retrieve([mention], { limit: 20 })) ?? [];
    return answer && (await kb.store.get(answer.keys)).map((found) => found?.id);
  } finally {
    await kb.close();
  }
}

it('is not there until it is made, and follows every change from then on', async () => {
  expect(await find('mills')).toBeUndefined();
  expect((await describeKnowledgeBase(folder)).hasLexical).toBe(false);
  await removeEntities({ folder, ids: ['t2'], index });
  expect(await addLexicalIndex({ folder })).toBe(6);
  expect((await describeKnowledgeBase(folder)).hasLexical).toBe(true);
  expect(await find('mills 3')).toEqual(['t3', 't0', 't1', 't4', 't5', 't6']);
  await add([entity('old', 'Old Mill')]);
  await removeEntities({ folder, ids: ['t3', 't4', 't5', 't6'], index, deferIndex: true });
  expect((await find('mills'))?.sort()).toEqual(['old', 't0', 't1']);
  expect(await addLexicalIndex({ folder })).toBe(0);
});

it('stopped on the way, is not there, and goes on where it was', async () => {
  const stop = new AbortController();
  const making = addLexicalIndex({
    folder,
    batchSize: 2,
    signal: stop.signal,
    onProgress: ({ done }) => done === 4 && stop.abort(new Error('stopped')),
  });
  await expect(making).rejects.toThrow('stopped');
  expect(await find('mill')).toBeUndefined();
  await removeEntities({ folder, ids: ['t1', 't6'], index });
  await add([entity('old', 'Old Mill')]);
  expect(await find('mill')).toBeUndefined();
  expect(await addLexicalIndex({ folder, batchSize: 2 })).toBe(3);
  expect((await find('mill'))?.sort()).toEqual(['old', 't0', 't2', 't3', 't4', 't5']);
});

it('is made anew with a knowledge base that is built anew', async () => {
  await addLexicalIndex({ folder });
  const again = { folder, sources: sourceOf(towns), encoder: createFakeEncoder(), model, index, replace: true };
  await buildKnowledgeBase(again);
  expect(await find('mill')).toBeUndefined();
  expect(await addLexicalIndex({ folder })).toBe(7);
});

it('refuses what is no knowledge base, and a misspelt option', async () => {
  await expect(addLexicalIndex({ folder: temporaryFolder() })).rejects.toMatchObject({
    code: 'KB_NOT_A_KNOWLEDGE_BASE',
  });
  await expect(addLexicalIndex({ folder, batchsize: 2 } as never)).rejects.toThrow('batchsize');
});
