import { readFile, writeFile } from 'node:fs/promises';
import type { VectorIndex } from '@referent/core';
import { createUsearchIndex } from '@referent/index-usearch';
import { clusteredRows, createReferenceIndex, rowsOf } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe, expect, it } from 'vitest';
import { createHnswlibIndex, type HnswlibIndexOptions, openHnswlibIndex } from '../src/index.js';
import { loadHnswlib } from '../src/load-hnswlib.js';
import { isInstalled } from './installed.js';

const files = temporaryFiles();
const dimensions = 24;
const size = 3000;
const clustered = { dimensions, clusters: 40, seed: 3 };
const keys = Uint32Array.from({ length: size }, (_, row) => 7 * row);
const stored = clusteredRows({ ...clustered, count: size });
const queries = clusteredRows({ ...clustered, count: 60, sampleSeed: 4 });

describe.skipIf(!isInstalled)('with hnswlib-node, which a compiler must have made', () => {
  it('finds what usearch finds with the same graph, and both what comparing all finds', async () => {
    const settings = { dimensions, connectivity: 16, expansionAdd: 128, expansionSearch: 64 };
    const foundBy = async (index: VectorIndex) => {
      await index.add(keys, stored);
      const found = await index.search(queries, 10);
      await index.close();
      return found;
    };
    const truth = await foundBy(createReferenceIndex({ dimensions }));
    const hnswlib = await foundBy(await createHnswlibIndex(settings));
    const usearch = await foundBy(await createUsearchIndex(settings));
    for (const [one, other] of [
      [hnswlib, truth],
      [usearch, truth],
      [hnswlib, usearch],
    ] as const) {
      const shared = one.map((hits, at) => hits.keys.filter((key) => other[at]!.keys.includes(key)).length);
      expect(shared.reduce((sum, count) => sum + count) / (10 * queries.count)).toBeGreaterThanOrEqual(0.97);
    }
  });

  it('grows beyond its first capacity, and takes again what was removed', async () => {
    const index = await createHnswlibIndex({ dimensions });
    await index.add(keys, stored);
    expect(await index.remove(keys.subarray(0, 2900))).toBe(2900);
    await index.add(keys.subarray(0, 2900), { data: stored.data.subarray(0, 2900 * dimensions), count: 2900 });
    const reference = createReferenceIndex({ dimensions });
    await reference.add(keys, stored);
    const [truth, found] = [await reference.search(queries, 1), await index.search(queries, 1)];
    const right = found.filter((hits, at) => hits.keys[0] === truth[at]!.keys[0]).length;
    expect(right / queries.count).toBeGreaterThanOrEqual(0.95);
    await index.close();
  });

  it('refuses a changed, a cut, a foreign and a newer file', async () => {
    const path = await files.path('index');
    const index = await createHnswlibIndex({ dimensions: 2 });
    await index.add(Uint32Array.of(1, 2), rowsOf([1, 0], [0, 1]));
    await index.save(path);
    const bytes = await readFile(path);
    const corrupt = { code: 'INDEX_CORRUPT_FILE' };
    const changed = Buffer.from(bytes);
    changed[100]! ^= 1;
    for (const damaged of [changed, bytes.subarray(0, -1), bytes.subarray(50), Buffer.alloc(300), Buffer.alloc(0)]) {
      await writeFile(path, damaged);
      await expect(openHnswlibIndex({ path, dimensions: 2 })).rejects.toMatchObject(corrupt);
    }
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(2, newer.length - 24);
    await writeFile(path, newer);
    await expect(openHnswlibIndex({ path, dimensions: 2 })).rejects.toMatchObject({ code: 'INDEX_NEWER_FILE' });
  });

  it('stays without what was removed before it was saved', async () => {
    const path = await files.path('index');
    const index = await createHnswlibIndex({ dimensions: 2 });
    await index.add(Uint32Array.of(1, 2), rowsOf([1, 0], [0, 1]));
    await index.remove(Uint32Array.of(1));
    await index.save(path);
    const opened = await openHnswlibIndex({ path, dimensions: 2 });
    expect(opened.size).toBe(1);
    const [hits] = await opened.search(rowsOf([1, 0]), 5);
    expect([...hits!.keys]).toEqual([2]);
  });
});

it.each<HnswlibIndexOptions>([
  { dimensions: 0 },
  { dimensions: 2, connectivity: 1 },
  { dimensions: 2, expansionAdd: 0.5 },
  { dimensions: 2, expansionSearch: Number.NaN },
])('refuses the options %o', async (options) => {
  await expect(createHnswlibIndex(options)).rejects.toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
});

it('says how to install hnswlib-node where it is missing', async () => {
  const loading = loadHnswlib(() => Promise.reject(new Error("Cannot find package 'hnswlib-node'")));
  await expect(loading).rejects.toMatchObject({ code: 'BACKEND_MISSING', fix: expect.stringContaining('npm install') });
});
