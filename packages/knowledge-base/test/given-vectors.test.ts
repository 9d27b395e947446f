import type { Entity } from '@referent/core';
import { expect, it } from 'vitest';
import {
  type BuildKnowledgeBaseOptions,
  buildKnowledgeBase,
  createEntitySource,
  openKnowledgeBase,
} from '../src/index.js';
import { createFakeEncoder, createFileIndexProvider, dimensions, model } from './fakes.js';
import { temporaryFolder } from './folders.js';

const entities: Entity[] = Array.from({ length: 10 }, (_, i) => ({
  id: `e${i}`,
  title: `Entity ${i}`,
  text: 'A thing.',
}));
const matrix = Float32Array.from({ length: entities.length * dimensions }, (_, i) => Math.sin(i));

function given(rows = entities.length, before: (start: number) => void = () => {}) {
  const reads: [start: number, end: number][] = [];
  return {
    rows,
    reads,
    async read(start: number, end: number) {
      before(start);
      reads.push([start, end]);
      return matrix.slice(start * dimensions, end * dimensions);
    },
  };
}

const callFor = (folder: string, changes: Partial<BuildKnowledgeBaseOptions>): BuildKnowledgeBaseOptions => ({
  folder,
  sources: [createEntitySource({ name: 'list', entities: () => entities })],
  encoder: createFakeEncoder(() => {
    throw new Error('the encoder was asked');
  }),
  model,
  index: createFileIndexProvider(),
  encodeBatchSize: 4,
  ...changes,
});

it('copies given vectors by ranges, in the order of the entities, and goes on where it was stopped', async () => {
  const folder = temporaryFolder();
  const broken = given(10, (start) => {
    if (start === 8) throw new Error('the disk is gone');
  });
  await expect(buildKnowledgeBase(callFor(folder, { vectors: broken }))).rejects.toThrow('the disk is gone');
  const vectors = given();
  const { isResumed } = await buildKnowledgeBase(callFor(folder, { vectors }));
  expect([isResumed, broken.reads, vectors.reads]).toEqual([
    true,
    [
      [0, 4],
      [4, 8],
    ],
    [[8, 10]],
  ]);
  const kb = await openKnowledgeBase({ folder, openIndex: createFileIndexProvider().open, model });
  expect((await kb.store.get([1, 10])).map((entity) => entity?.id)).toEqual(['e0', 'e9']);
  expect((await kb.vectors.read(Uint32Array.from(entities.keys(), (i) => i + 1))).data).toEqual(matrix);
  const [hits] = await kb.index.search({ data: matrix.slice(3 * dimensions, 4 * dimensions), count: 1 }, 1);
  expect([...hits!.keys]).toEqual([4]);
  await kb.close();
});

it.each([
  ['more vectors than entities', 11, entities],
  ['fewer', 9, entities],
  ['a record that was skipped', 10, entities.map((entity, i) => (i === 3 ? { ...entity, title: '' } : entity))],
])('refuses %s', async (_name, rows, records) => {
  const sources = [createEntitySource({ name: 'list', entities: () => records })];
  const build = buildKnowledgeBase(callFor(temporaryFolder(), { vectors: given(rows), sources }));
  const found = records === entities ? 10 : 9;
  await expect(build).rejects.toMatchObject({ code: 'KB_VECTOR_COUNT', details: { vectors: rows, entities: found } });
});

it('refuses vectors of another length, and numbers that are none', async () => {
  const wrong = (data: Float32Array) => ({ rows: 10, read: async () => data });
  for (const data of [new Float32Array(5), new Float32Array(4 * dimensions).fill(Number.NaN)]) {
    const build = buildKnowledgeBase(callFor(temporaryFolder(), { vectors: wrong(data) }));
    await expect(build).rejects.toMatchObject({ code: 'INDEX_INVALID_VECTORS' });
  }
});
