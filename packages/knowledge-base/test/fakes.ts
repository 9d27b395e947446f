import { readFile, rename, writeFile } from 'node:fs/promises';
import type { EntityEncoder, EntityText, Hits, VectorIndex } from '@referent/core';
import type { IndexProvider, ModelIdentity } from '../src/index.js';

export const dimensions = 8;
export const model: ModelIdentity = { name: 'fake', hash: 'fake-hash-0123456789', dimensions };

/** A vector that depends on the text alone: equal texts, equal vectors. */
export function fakeVector({ title, text }: EntityText): number[] {
  let state = 0x811c9dc5;
  for (const unit of `${title}|${text}`) state = Math.imul(state ^ unit.codePointAt(0)!, 0x01000193);
  return Array.from({ length: dimensions }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state >>> 0) / 2 ** 32) * 2 - 1;
  });
}

export interface FakeEncoder extends EntityEncoder {
  /** Entities encoded so far. */
  readonly encoded: EntityText[];
}

/** `before` runs ahead of every batch: it may wait, or throw. */
export function createFakeEncoder(before: (encodedSoFar: number) => void | Promise<void> = () => {}): FakeEncoder {
  const encoded: EntityText[] = [];
  return {
    dimensions,
    encoded,
    async encodeEntities(entities) {
      await before(encoded.length);
      encoded.push(...entities);
      return { data: Float32Array.from(entities.flatMap(fakeVector)), count: entities.length };
    },
  };
}

/** A brute-force index in a JSON file. */
export function createFileIndex(vectors = new Map<number, number[]>()): VectorIndex & { keys(): number[] } {
  return {
    name: 'file',
    dimensions,
    get size() {
      return vectors.size;
    },
    keys: () => [...vectors.keys()].sort((a, b) => a - b),
    async add(keys, { data }) {
      for (const key of keys) if (vectors.has(key)) throw new Error(`key ${key} twice`);
      keys.forEach((key, i) => {
        vectors.set(key, [...data.subarray(i * dimensions, (i + 1) * dimensions)]);
      });
    },
    async search({ data, count }, k, { keys } = {}) {
      const allowed = keys && new Set(keys);
      return Array.from({ length: count }, (_, row): Hits => {
        const query = data.subarray(row * dimensions, (row + 1) * dimensions);
        const scored = [...vectors]
          .filter(([key]) => allowed?.has(key) ?? true)
          .map(([key, vector]) => ({ key, score: vector.reduce((sum, value, d) => sum + value * query[d]!, 0) }))
          .sort((a, b) => b.score - a.score || a.key - b.key)
          .slice(0, k);
        return {
          keys: Uint32Array.from(scored, ({ key }) => key),
          scores: Float32Array.from(scored, ({ score }) => score),
        };
      });
    },
    async remove(keys) {
      return keys.reduce((removed, key) => removed + Number(vectors.delete(key)), 0);
    },
    async save(path) {
      await writeFile(`${path}.tmp`, JSON.stringify([...vectors]));
      await rename(`${path}.tmp`, path);
    },
    async close() {},
  };
}

export function createFileIndexProvider(options: { canRemove?: boolean } = {}): IndexProvider {
  const limit = (index: VectorIndex): VectorIndex => {
    if (options.canRemove === false) delete index.remove;
    return index;
  };
  return {
    backend: 'file',
    settings: {},
    create: async () => limit(createFileIndex()),
    open: async (path) => limit(createFileIndex(new Map(JSON.parse(await readFile(path, 'utf8'))))),
  };
}
