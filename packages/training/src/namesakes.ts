import { type Entity, nameWords, normalizeName, withoutBracket } from '@referent/core';
import type { TrainingExample, TrainingSet } from './examples.js';
import { createRandom, sampled } from './random.js';

export interface NamesakeOptions {
  /** Hard negatives per example, at most, with those that it has already. @default 8 */
  readonly count?: number;
  /** Decides which, where there are more. @default 0 */
  readonly seed?: number;
}

/**
 * Gives every example the entities of its world that are easily taken for its gold as hard negatives: first those that
 * bear the mention's or the gold's name, then those that share a rare word of its title. No model is needed.
 */
export function withNamesakes(set: TrainingSet, { count = 8, seed = 0 }: NamesakeOptions = {}): TrainingSet {
  const byName = new Map<string, string[]>();
  const byWord = new Map<string, string[]>();
  for (const entity of set.entities.values()) {
    for (const name of namesOf(entity)) push(byName, key(entity.world, name), entity.id);
    for (const word of wordsOf(entity.title)) push(byWord, key(entity.world, word), entity.id);
  }
  const namesakes = (example: TrainingExample): string[] => {
    const golds = example.gold.flatMap((id) => set.entities.get(id) ?? []);
    const [gold] = golds;
    if (!gold) return [];
    const given = example.hardNegatives ?? [];
    const own = new Set([...example.gold, ...given]);
    const wanted = count - given.length;
    const take = (ids: readonly string[], most: number) => {
      const fresh = [...new Set(ids)].filter((id) => !own.has(id));
      const chosen = sampled(fresh, Math.max(0, most), createRandom(seed, example.id, own.size));
      for (const id of chosen) own.add(id);
      return chosen;
    };
    const names = [...namesOf(gold), normalizeName(example.mention.surface)];
    const same = take(
      names.flatMap((name) => byName.get(key(gold.world, name)) ?? []),
      wanted,
    );
    // The rarest word says most; a word of half the world says nothing.
    const lists = wordsOf(gold.title).map((word) => byWord.get(key(gold.world, word)) ?? []);
    const near = lists.filter((list) => list.length > 1 && list.length <= 50).sort((a, b) => a.length - b.length);
    return [...same, ...take(near.flat().slice(0, 200), wanted - same.length)];
  };
  const examples = set.examples.map((example) => ({
    ...example,
    hardNegatives: [...(example.hardNegatives ?? []), ...namesakes(example)],
  }));
  return { ...set, examples };
}

function namesOf({ title, aliases = [] }: Entity): string[] {
  const names = [title, withoutBracket(title) ?? title, ...aliases].map(normalizeName);
  return [...new Set(names)].filter((name) => name !== '');
}

function wordsOf(title: string): string[] {
  return [...new Set(nameWords(title).map(({ normalized }) => normalized))].filter((word) => word.length > 2);
}

function key(world: string | undefined, name: string): string {
  return JSON.stringify([world ?? null, name]);
}

function push(map: Map<string, string[]>, name: string, id: string): void {
  const known = map.get(name);
  if (known) known.push(id);
  else map.set(name, [id]);
}
