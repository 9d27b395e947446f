import { readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Hits, Rows, VectorIndex, VectorStore } from '@referent/core';
import { clusteredRows, createReferenceIndex, gaussianRows, rowsOf, unitRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Quantization, UsearchIndex } from './index.js';
import * as usearch from './index.js';
import { writeIndexFile } from './index-file.js';
import { plainKeys } from './key-codec.js';
import { loadUsearch } from './load-usearch.js';
import { createNativeIndex } from './native-index.js';
import { settingsOf } from './options.js';

const files = temporaryFiles();
afterEach(() => vi.unstubAllEnvs());

/** An index that re-scores or filters keeps a file open until it is closed. */
const opened: UsearchIndex[] = [];
afterEach(async () => {
  for (const index of opened.splice(0)) await index.close();
});
const kept = (index: UsearchIndex) => {
  opened.push(index);
  return index;
};
const createUsearchIndex = async (options: usearch.UsearchOptions) => kept(await usearch.createUsearchIndex(options));
const openUsearchIndex = async (options: usearch.OpenUsearchOptions) => kept(await usearch.openUsearchIndex(options));

const dimensions = 48;
const size = 3000;
const keys = Uint32Array.from({ length: size }, (_, row) => size - row);
const clustered = { dimensions, clusters: 30, seed: 7 };
const stored = unitRows(clusteredRows({ ...clustered, count: size }));
const queries = unitRows(clusteredRows({ ...clustered, count: 40, sampleSeed: 8 }));

const vectors: VectorStore = {
  dimensions,
  async read(wanted) {
    const data = new Float32Array(wanted.length * dimensions);
    wanted.forEach((key, at) => {
      const row = size - key;
      data.set(stored.data.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
    });
    return { data, count: wanted.length };
  },
};

const reference = createReferenceIndex({ dimensions });
const filled = reference.add(keys, stored);
async function truth(some: Rows = queries, k = 10, allowed?: Uint32Array): Promise<Hits[]> {
  await filled;
  return reference.search(some, k, { keys: allowed });
}
function recall(found: readonly Hits[], right: readonly Hits[]): number {
  const shared = right.map((hits, query) => hits.keys.filter((key) => found[query]!.keys.includes(key)).length);
  return shared.reduce((sum, count) => sum + count, 0) / right.reduce((sum, hits) => sum + hits.keys.length, 0);
}
const largestError = (found: readonly Hits[]) =>
  Math.max(
    ...found.flatMap((hits, query) =>
      Array.from(hits.keys, (key, rank) => {
        const row = (size - key) * dimensions;
        let dot = 0;
        for (let d = 0; d < dimensions; d++) dot += stored.data[row + d]! * queries.data[query * dimensions + d]!;
        return Math.abs(dot - hits.scores[rank]!);
      }),
    ),
  );

describe('createUsearchIndex', () => {
  it.each<[Quantization, boolean, number, number]>([
    ['f32', false, 0.97, 1e-6],
    ['f32', true, 0.97, 1e-6],
    ['f16', false, 0.97, 1e-3],
    ['f16', true, 0.97, 1e-6],
    ['i8', false, 0.87, 0.01],
    ['i8', true, 0.98, 1e-6],
    ['b1', true, 0.9, 1e-6],
  ])('as %s, re-scoring %s: recall@10 %d or more, scores right to %d', async (quantization, rescore, least, error) => {
    const index = await createUsearchIndex({ dimensions, quantization, ...(rescore && { rescore: vectors }) });
    await index.add(keys, stored);
    const found = await index.search(queries, 10);
    expect(recall(found, await truth())).toBeGreaterThanOrEqual(least);
    expect(largestError(found)).toBeLessThanOrEqual(error);
    const few = keys.filter((key) => key % 29 === 0);
    const filtered = await index.search(queries, 10, { keys: few });
    expect(recall(filtered, await truth(queries, 10, few))).toBeGreaterThanOrEqual(least);
    expect(largestError(filtered)).toBeLessThanOrEqual(error);
  });

  it('answers more queries than it takes at once', async () => {
    const index = await createUsearchIndex({ dimensions });
    await index.add(keys, stored);
    const many = unitRows(clusteredRows({ ...clustered, count: 600, sampleSeed: 9 }));
    const found = await index.search(many, 3);
    expect(found.length).toBe(600);
    for (const query of [0, 255, 256, 599]) {
      const alone = { data: many.data.subarray(query * dimensions, (query + 1) * dimensions), count: 1 };
      expect(await index.search(alone, 3)).toEqual([found[query]]);
    }
    const controller = new AbortController();
    const stopped = index.search(many, 3, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
  });

  it('filters by few keys and by many, over whichever way', async () => {
    const index = await createUsearchIndex({ dimensions, threads: 1 });
    await index.add(keys, stored);
    for (const [k, every] of [
      [1, 1],
      [1, 2],
      [1, 50],
      [5, 1],
      [5, 3],
      [200, 2],
    ] as const) {
      const allowed = keys.filter((key) => key % every === 0);
      const found = await index.search(queries, k, { keys: allowed });
      expect(found.every((hits) => hits.keys.length === Math.min(k, allowed.length))).toBe(true);
      expect(recall(found, await truth(queries, k, allowed))).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('finds all, exactly, where k is the size of an index with holes', async () => {
    const index = await createUsearchIndex({ dimensions, connectivity: 2, expansionAdd: 2, expansionSearch: 1 });
    await index.add(keys, stored);
    await index.remove(keys.filter((key) => key % 3 === 0));
    const left = keys.filter((key) => key % 3 !== 0);
    const some = { data: queries.data.subarray(0, 4 * dimensions), count: 4 };
    const found = await index.search(some, size);
    expect(found.map((hits) => [...hits.keys].sort())).toEqual(found.map(() => [...left].sort()));
    // A graph this poor does not reach all: the answers came from comparing everything.
    expect(recall(found, await truth(some, 10, left))).toBe(1);
  });

  it('lets exact searches finish on the rows that they began with, while keys come and go', async () => {
    const index = await createUsearchIndex({ dimensions });
    await index.add(keys, stored);
    const few = keys.subarray(0, 40);
    const expected = await index.search(queries, 40, { keys: few });
    const [during] = await Promise.all([index.search(queries, 40, { keys: few }), index.remove(keys.subarray(0, 20))]);
    expect(during.map((hits) => hits.keys.length)).toEqual(expected.map(() => 40));
    const [after] = await index.search(queries, 40, { keys: few });
    expect(after!.keys.length).toBe(20);
    await index.close();
  });

  it.each<[Quantization, number]>([
    ['i8', 2],
    ['i8', 0.9],
    ['b1', 2],
    ['f16', 70000],
  ])('refuses what %s cannot keep: a length of %d', async (quantization, length) => {
    const index = await createUsearchIndex({ dimensions: 2, quantization, rescore: { ...vectors, dimensions: 2 } });
    const batch = index.add(Uint32Array.of(1, 2), rowsOf([0, 1], [length, 0]));
    await expect(batch).rejects.toMatchObject({ code: 'INDEX_NOT_QUANTIZABLE', details: { row: 1 } });
    expect(index.size).toBe(0);
    await index.add(Uint32Array.of(3), rowsOf([0, 0]));
  });

  it.each([
    { dimensions: 0 },
    { dimensions: 1.5 },
    { dimensions: 4, connectivity: 1 },
    { dimensions: 4, expansionAdd: 0 },
    { dimensions: 4, expansionSearch: Number.NaN },
    { dimensions: 4, threads: -1 },
    { dimensions: 4, oversampling: 0 },
    { dimensions: 4, quantization: 'i4' as Quantization },
    { dimensions: 4, quantization: 'b1' as Quantization },
    { dimensions: 4, rescore: vectors },
  ])('refuses the options %o', async (options) => {
    await expect(createUsearchIndex(options)).rejects.toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
  });

  it('says so when there is no room for a temporary copy, and works with `rescore` without one', async () => {
    const few = keys.subarray(0, 30);
    const [bare, rescoring] = [
      await createUsearchIndex({ dimensions }),
      await createUsearchIndex({ dimensions, rescore: vectors }),
    ];
    for (const index of [bare, rescoring]) await index.add(keys, stored);
    for (const variable of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(variable, '/no/such/folder');
    const searching = bare.search(queries, 5, { keys: few });
    await expect(searching).rejects.toMatchObject({ code: 'INDEX_TEMPORARY_FILE' });
    expect(await rescoring.search(queries, 5, { keys: few })).toHaveLength(queries.count);
    vi.unstubAllEnvs();
    expect(await bare.search(queries, 5, { keys: few })).toHaveLength(queries.count);
  });

  it('takes a whole batch back when usearch fails in the middle of it', async () => {
    const usearch = await loadUsearch();
    const index = await createUsearchIndex({ dimensions });
    await index.add(keys.subarray(0, 10), { data: stored.data.subarray(0, 10 * dimensions), count: 10 });
    const real = usearch.Index.prototype.add;
    let calls = 0;
    const failing = vi.spyOn(usearch.Index.prototype, 'add').mockImplementation(function (this: unknown, ...wanted) {
      if (++calls === 2) throw new TypeError('Failed to reserve memory');
      return real.apply(this as never, wanted);
    });
    const rest = { data: stored.data.subarray(10 * dimensions), count: size - 10 };
    await expect(index.add(keys.subarray(10), rest)).rejects.toMatchObject({ code: 'INDEX_ADD_FAILED' });
    failing.mockRestore();
    expect(index.size).toBe(10);
    await index.add(keys.subarray(10), rest);
    expect(index.size).toBe(size);
  });

  it('says how to install usearch where it is missing', async () => {
    const missing = loadUsearch(() => Promise.reject(new Error("Cannot find package 'usearch'")));
    await expect(missing).rejects.toMatchObject({
      code: 'BACKEND_MISSING',
      fix: expect.stringContaining('npm install'),
    });
  });
});

describe('openUsearchIndex', () => {
  async function saved(quantization: Quantization = 'f32'): Promise<string> {
    const path = await files.path('index');
    const index = await createUsearchIndex({ dimensions, quantization, rescore: vectors });
    await index.add(keys, stored);
    await index.save(path);
    return path;
  }
  const few = keys.subarray(100, 150);
  const answers = async (index: VectorIndex) => [
    await index.search(queries, 10),
    await index.search(queries, 10, { keys: few }),
  ];

  it('maps a file into memory, read-only, with the same answers', async () => {
    const path = await saved();
    const loaded = await openUsearchIndex({ path, dimensions });
    const view = await openUsearchIndex({ path, dimensions, view: true });
    expect(await answers(view)).toEqual(await answers(loaded));
    const readOnly = { code: 'INDEX_READ_ONLY' };
    await expect(
      view.add(Uint32Array.of(9999), rowsOf([...queries.data.subarray(0, dimensions)])),
    ).rejects.toMatchObject(readOnly);
    await expect(view.remove(keys)).rejects.toMatchObject(readOnly);
    const copy = await files.path('copy');
    await view.save(copy);
    expect(await answers(await openUsearchIndex({ path: copy, dimensions }))).toEqual(await answers(loaded));
    await view.close();
  });

  it('reads its own vectors although another index was saved over its file', async () => {
    const path = await saved();
    const opened = await openUsearchIndex({ path, dimensions });
    const expected = (await answers(opened))[1];
    const again = await openUsearchIndex({ path, dimensions });
    const other = await createUsearchIndex({ dimensions });
    await other.add(few, gaussianRows({ count: few.length, dimensions }));
    await other.save(path);
    expect((await answers(again))[1]).toEqual(expected);
  });

  it('checks the checksum of a view only when asked to, and the rest always', async () => {
    const path = await saved();
    const bytes = await readFile(path);
    bytes[1000]! ^= 1;
    await writeFile(path, bytes);
    const corrupt = { code: 'INDEX_CORRUPT_FILE' };
    await expect(openUsearchIndex({ path, dimensions })).rejects.toMatchObject(corrupt);
    await expect(openUsearchIndex({ path, dimensions, view: true, verify: true })).rejects.toMatchObject(corrupt);
    expect((await openUsearchIndex({ path, dimensions, view: true })).size).toBe(size);
    for (const part of [
      bytes.subarray(100),
      bytes.subarray(0, -100),
      Buffer.concat([bytes.subarray(0, 5000), bytes.subarray(-200)]),
    ]) {
      await writeFile(path, part);
      await expect(openUsearchIndex({ path, dimensions, view: true })).rejects.toMatchObject(corrupt);
    }
  });

  it('passes on what usearch itself finds wrong', async () => {
    const path = await saved();
    const bytes = await readFile(path);
    bytes.write('nothing', 8 + size * dimensions * 4, 'latin1');
    await writeFile(path, bytes);
    const opening = openUsearchIndex({ path, dimensions, view: true });
    await expect(opening).rejects.toMatchObject({
      code: 'INDEX_CORRUPT_FILE',
      why: expect.stringContaining('usearch'),
    });
  });

  it.each<[Quantization, Quantization]>([
    ['f32', 'f16'],
    ['i8', 'f32'],
    ['b1', 'i8'],
  ])('refuses a file of %s as %s', async (from, to) => {
    const path = await saved(from);
    const opening = openUsearchIndex({ path, dimensions, quantization: to, rescore: vectors });
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details: { setting: 'quantization' } });
    const opened = await openUsearchIndex({ path, dimensions, quantization: from, rescore: vectors });
    expect(opened.size).toBe(size);
  });

  it('reads a file whose keys are not scattered, and writes it again as it was', async () => {
    const settings = settingsOf({ dimensions }, 1);
    const old = createNativeIndex(await loadUsearch(), settings, plainKeys);
    old.add(keys, stored);
    const path = await files.path('old');
    await writeIndexFile(path, old, settings);
    const opened = await openUsearchIndex({ path, dimensions });
    expect(recall(await opened.search(queries, 10), await truth())).toBeGreaterThanOrEqual(0.97);
    expect(recall(await opened.search(queries, 5, { keys: few }), await truth(queries, 5, few))).toBe(1);
    expect(opened.contains(Uint32Array.of(7, 5000))).toEqual([true, false]);
    await opened.remove(Uint32Array.of(7));
    await opened.save(path);
    expect((await readFile(path)).subarray(-44).readUInt32LE(8)).toBe(plainKeys.version);
    const again = await openUsearchIndex({ path, dimensions, view: true });
    expect(again.contains(Uint32Array.of(7, 8))).toEqual([false, true]);
    expect(recall(await again.search(queries, 10), await truth())).toBeGreaterThanOrEqual(0.97);
  });

  it('refuses i8 of before the first release, which lies on another scale', async () => {
    const path = await saved('i8');
    const bytes = await readFile(path);
    const trailer = bytes.subarray(-44);
    trailer.writeUInt32LE(1, 8);
    trailer.writeUInt32LE(crc32(trailer.subarray(0, 40)), 40);
    await writeFile(path, bytes);
    const opening = openUsearchIndex({ path, dimensions, quantization: 'i8' });
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_CORRUPT_FILE', why: expect.stringContaining('again') });
  });

  it('refuses a file of a newer release, and a folder', async () => {
    const path = await saved();
    const bytes = await readFile(path);
    bytes.writeUInt32LE(4, bytes.length - 44 + 8);
    await writeFile(path, bytes);
    await expect(openUsearchIndex({ path, dimensions })).rejects.toMatchObject({ code: 'INDEX_NEWER_FILE' });
    const folder = openUsearchIndex({ path: files.folder, dimensions });
    await expect(folder).rejects.toMatchObject({ code: 'INDEX_FILE_UNREADABLE' });
  });
});
