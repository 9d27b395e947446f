import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Entity } from '../../packages/core/src/index.js';
import { type OpenIndex, openKnowledgeBase } from '../../packages/knowledge-base/src/index.js';

/** All that a reader can learn of a knowledge base, by ids: keys may differ from one life of it to another. */
export interface Contents {
  readonly entities: Readonly<Record<string, Entity>>;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
  /** Of each entity that the index holds, how often: once. */
  readonly indexed: Readonly<Record<string, number>>;
  /** For each name: who bears it, and how. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly spans: readonly string[];
  readonly worlds: Readonly<Record<string, readonly string[]>>;
  readonly counts: object;
  readonly pending: object;
}

export interface Asked {
  readonly names: readonly string[];
  /** Of all entities that were ever added. */
  readonly ids: readonly string[];
  readonly worlds: readonly string[];
}

/** Opens a knowledge base and reads everything in it, by every way there is. @throws where two ways disagree */
export async function readContents(folder: string, openIndex: OpenIndex, asked: Asked): Promise<Contents> {
  const { store, index, names, vectors, info, close } = await openKnowledgeBase({ folder, openIndex });
  try {
    const { counts, pending } = await info();
    const keys = await store.keysOf(asked.ids);
    const stored = keys.filter((key) => key !== undefined);
    if (new Set(stored).size !== stored.length) throw new Error('two ids have one key');
    const entities = (await store.get(stored)).map((entity) => entity!);
    const idOf = new Map(stored.map((key, i) => [key, entities[i]!.id]));
    const nameOf = (key: number) => {
      const id = idOf.get(key);
      if (id === undefined) throw new Error(`key ${key} is found and belongs to no entity`);
      return id;
    };
    const { data } = await vectors.read(Uint32Array.from(stored));
    const rows = entities.map(({ id }, i) => [
      id,
      [...data.subarray(i * index.dimensions, (i + 1) * index.dimensions)],
    ]);
    const query = { data: data.slice(0, index.dimensions), count: 1 };
    const [hits] = stored.length > 0 ? await index.search(query, stored.length + 1000) : [{ keys: [] }];
    const indexed: Record<string, number> = {};
    for (const key of hits!.keys) indexed[nameOf(key)] = (indexed[nameOf(key)] ?? 0) + 1;
    const bearers: Record<string, string[]> = {};
    for (const name of asked.names) {
      const found = await names.lookup(name, { limit: 2000 });
      bearers[name] = found.map(({ key, kind }) => `${nameOf(key)} ${kind}`).sort();
    }
    const words = asked.names.flatMap((name) => name.toLowerCase().split(' '));
    const spans = (await names.scan(words)).map(({ from, to }) => words.slice(from, to).join(' '));
    const worlds: Record<string, string[]> = {};
    for (const world of asked.worlds) worlds[world] = [...(await store.keysOfWorld(world))].map(nameOf).sort();
    if (store.size !== stored.length)
      throw new Error(`${store.size} entities, of which ${stored.length} have known ids`);
    return {
      entities: Object.fromEntries(entities.map((entity) => [entity.id, entity])),
      vectors: Object.fromEntries(rows),
      indexed,
      names: bearers,
      spans,
      worlds,
      counts,
      pending,
    };
  } finally {
    await close();
  }
}

/** The files of a knowledge base without their numbers: what is there beyond them was forgotten. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => name.replace(/-\d+\./, '-N.'))
    .sort();
}

/** Where two contents differ, in words; empty if they are equal. */
export function difference(found: Partial<Contents>, expected: Partial<Contents>): string[] {
  const differences: string[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    if (differences.length >= 20 || JSON.stringify(a) === JSON.stringify(b)) return;
    if (typeof a === 'object' && typeof b === 'object' && a && b && !Array.isArray(a)) {
      const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        compare(join(path, key), left[key], right[key]);
      }
    } else differences.push(`${path}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`.slice(0, 300));
  };
  compare('', found, expected);
  return differences;
}
