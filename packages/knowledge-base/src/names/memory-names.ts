import type { Entity, NamesIndex } from '@referent/core';
import { initialForms, initialsKind } from './initials.js';
import { createNameFilter, filterBytes, filterItems } from './name-filter.js';
import { type NameForm, nameForms } from './name-forms.js';
import { type Bearer, createNamesIndex, type PartialBearer, rankOf } from './names-index.js';

export interface KeyedEntity {
  readonly key: number;
  readonly entity: Pick<Entity, 'title' | 'aliases' | 'world'>;
}

type Entry = NameForm & { readonly key: number };

/** The names of a few entities, in memory. `entities` come by ascending key. */
export function createMemoryNames(entities: readonly KeyedEntity[]): NamesIndex {
  const byName = new Map<string, Entry[]>();
  const byWord = new Map<string, Set<number>>();
  const byKey = new Map<number, { names: string[]; world: string | undefined }>();
  for (const { key, entity } of entities) {
    const forms = nameForms(entity);
    for (const form of initialForms(entity)) append(byName, form.name, { ...form, key });
    byKey.set(key, { names: [...new Set(forms.map(({ name }) => name))], world: entity.world });
    for (const form of forms) {
      append(byName, form.name, { ...form, key });
      for (const word of form.name.split(' ')) {
        const keys = byWord.get(word) ?? new Set();
        byWord.set(word, keys.add(key));
      }
    }
  }
  let items = 0;
  for (const [name, [entry]] of byName) if (entry!.kind !== initialsKind) items += filterItems(name);
  const filter = createNameFilter(new Uint8Array(filterBytes(items)));
  for (const [name, [entry]] of byName) if (entry!.kind !== initialsKind) filter.add(name);

  const isIn = (key: number, world: string | undefined) => world === undefined || byKey.get(key)!.world === world;

  return createNamesIndex({
    filter: () => filter,
    has: (name) => byName.has(name),
    bearers(name, exact, limit, world) {
      const best = new Map<number, Bearer>();
      for (const { key, kind, exact: written } of byName.get(name) ?? []) {
        if (!isIn(key, world)) continue;
        const rank = rankOf(kind, written === exact);
        if (rank < (best.get(key)?.rank ?? Number.POSITIVE_INFINITY)) best.set(key, { key, rank });
      }
      return [...best.values()].sort((a, b) => a.rank - b.rank || a.key - b.key).slice(0, limit);
    },
    containing(words, limit, world) {
      const sets = words.map((word) => byWord.get(word) ?? new Set<number>()).sort((a, b) => a.size - b.size);
      const found: PartialBearer[] = [];
      for (const key of sets[0] ?? []) {
        if (!isIn(key, world) || !sets.every((keys) => keys.has(key))) continue;
        const extraWords = extraWordsOf(byKey.get(key)!.names, words);
        if (extraWords !== undefined) found.push({ key, extraWords });
        if (found.length === limit) break;
      }
      return found;
    },
  });
}

/** How many words the shortest name that contains all of `words` has besides them; undefined if none does. */
export function extraWordsOf(names: readonly string[], words: readonly string[]): number | undefined {
  let least: number | undefined;
  for (const name of names) {
    const own = name.split(' ');
    if (!words.every((word) => own.includes(word))) continue;
    const extra = own.length - words.length;
    if (least === undefined || extra < least) least = extra;
  }
  return least;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
