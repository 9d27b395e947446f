import { expect, it } from 'vitest';
import { createMemoryKnowledge, createMemoryVectors } from './memory.js';

it('keeps entities, names and vectors of a list under the same keys', async () => {
  const { store, names, keys } = createMemoryKnowledge([
    { id: 'a', title: 'Troy', text: '' },
    { id: 'b', title: 'Paris', text: '' },
  ]);
  const [found] = await names.lookup('Paris', { limit: 1 });
  expect((await store.get([found!.key]))[0]?.id).toBe('b');
  const vectors = createMemoryVectors({ dimensions: 2, keys, rows: { data: Float32Array.of(1, 2, 3, 4), count: 2 } });
  expect([...(await vectors.read(Uint32Array.of(found!.key, 1))).data]).toEqual([3, 4, 1, 2]);
});

it('refuses a key that has no vector', async () => {
  const rows = { data: Float32Array.of(1, 2), count: 1 };
  const vectors = createMemoryVectors({ dimensions: 2, keys: Uint32Array.of(1), rows });
  await expect(vectors.read(Uint32Array.of(9))).rejects.toMatchObject({ code: 'VECTORS_MISSING_KEY' });
});

it('lets others work while a long text is scanned', async () => {
  const { names } = createMemoryKnowledge([{ id: 'a', title: 'Troy', text: '' }]);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await names.scan(Array.from({ length: 100_000 }, () => 'word'));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
