import { expect, test } from 'vitest';
import { fakeNames } from '../test/fakes.js';
import { createNamesSource } from './names-source.js';

const mention = (surface: string, world?: string) => ({
  contextLeft: '',
  surface,
  contextRight: '',
  ...(world !== undefined && { world }),
});

test('proposes the bearers of the surface, scored by the kind of the match', async () => {
  const source = createNamesSource({ names: fakeNames(), scores: { title: 2, alias: 1, 'normalized-title': 0.5 } });
  const answers = await source.retrieve([mention('Paris'), mention('Ilium'), mention('TROY'), mention('Rome')], {
    limit: 2,
  });
  expect(answers.map(({ keys, scores }) => [[...keys], [...scores]])).toEqual([
    [
      [0, 1],
      [2, 2],
    ],
    [[4], [1]],
    [[4], [0.5]],
    [[], []],
  ]);
});

test('keeps to the world of the mention', async () => {
  const [myth, none] = await createNamesSource({ names: fakeNames() }).retrieve(
    [mention('Paris', 'myth'), mention('Paris', 'nowhere')],
    { limit: 9 },
  );
  expect([...myth!.keys]).toEqual([2]);
  expect([...none!.keys]).toEqual([]);
});

test('leaves out the kinds without a score, and puts the best score first', async () => {
  const names = {
    ...fakeNames(),
    lookup: async () => [
      { key: 7, kind: 'title' as const },
      { key: 8, kind: 'partial' as const },
      { key: 9, kind: 'alias' as const },
    ],
  };
  const [answer] = await createNamesSource({ names, scores: { title: 1, alias: 2 } }).retrieve([mention('x')], {
    limit: 9,
  });
  expect([...answer!.keys]).toEqual([9, 7]);
});

test('looks for what an abbreviation stands for, and for those who bear it as a name', async () => {
  const answers: Record<string, { key: number; kind: 'title' | 'alias' | 'initials' }[]> = {
    'embryonic stem cells': [{ key: 1, kind: 'title' }],
    'ES cells': [
      { key: 2, kind: 'initials' },
      { key: 1, kind: 'alias' },
      { key: 3, kind: 'alias' },
    ],
  };
  const names = { ...fakeNames(), lookup: async (surface: string) => answers[surface] ?? [] };
  const source = createNamesSource({ names });
  const spelled = (surface: string) => ({ ...mention(surface), abbreviation: 'ES cells' });
  const found = await source.retrieve([spelled('embryonic stem cells'), spelled('enamel'), mention('ES cells')], {
    limit: 9,
  });
  expect(found.map(({ keys }) => [...keys])).toEqual([
    [1, 3],
    [1, 3, 2],
    [1, 3, 2],
  ]);
});

test('asks for the same words once in a batch, and stops when told', async () => {
  let asked = 0;
  const names = {
    ...fakeNames(),
    async lookup() {
      asked++;
      return [];
    },
  };
  const source = createNamesSource({ names });
  await source.retrieve([mention('a'), mention('a'), mention('a', 'w')], { limit: 1 });
  expect(asked).toBe(2);
  await expect(
    source.retrieve([mention('a')], { limit: 1, signal: AbortSignal.abort(new Error('stopped')) }),
  ).rejects.toThrow('stopped');
});
