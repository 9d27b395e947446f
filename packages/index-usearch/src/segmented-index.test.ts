import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VectorStore } from '@referent/core';
import { clusteredRows, createReferenceIndex, unitRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe, expect, it } from 'vitest';
import { createUsearchIndex, openUsearchSegments, type Quantization, type SegmentedUsearchIndex } from './index.js';

const files = temporaryFiles();
const dimensions = 24;
const count = 1000;
const keys = Uint32Array.from({ length: count }, (_, row) => row * 3);
const clustered = { dimensions, clusters: 20, seed: 3 };
const rows = unitRows(clusteredRows({ ...clustered, count }));
const queries = unitRows(clusteredRows({ ...clustered, count: 20, sampleSeed: 4 }));
const vectors: VectorStore = {
  dimensions,
  async read(wanted) {
    const data = new Float32Array(wanted.length * dimensions);
    wanted.forEach((key, at) => {
      data.set(rows.data.subarray((key / 3) * dimensions, (key / 3 + 1) * dimensions), at * dimensions);
    });
    return { data, count: wanted.length };
  },
};

const part = (from: number, to: number) => ({
  data: rows.data.slice(from * dimensions, to * dimensions),
  count: to - from,
});
async function fill(index: SegmentedUsearchIndex): Promise<void> {
  for (let from = 0; from < count; from += 90) {
    const to = Math.min(from + 90, count);
    await index.add(keys.subarray(from, to), part(from, to));
  }
}
const segmentsOf = async (folder: string) => (await files.siblings(join(folder, 'x'))).sort();

describe('openUsearchSegments', () => {
  it.each<[Quantization, number]>([
    ['f32', 0.97],
    ['f16', 0.97],
    ['i8', 0.97],
    ['b1', 0.85],
  ])(
    'as %s: writes full segments, opens them again, grows on, and finds as one index does',
    async (quantization, least) => {
      const folder = await files.path('index');
      const options = {
        folder,
        dimensions,
        quantization,
        segmentSize: 250,
        ...(quantization !== 'f32' && { rescore: vectors }),
      };
      const index = await openUsearchSegments(options);
      await fill(index);
      expect(await segmentsOf(folder)).toEqual([
        'segment-1.usearch',
        'segment-2.usearch',
        'segment-3.usearch',
        'segments.json',
      ]);
      await index.flush();
      await index.flush();
      expect(await segmentsOf(folder)).toHaveLength(5);
      const found = await index.search(queries, 10);
      await index.close();

      const opened = await openUsearchSegments(options);
      expect(opened.size).toBe(count);
      expect(await opened.search(queries, 10)).toEqual(found);
      expect(opened.contains(Uint32Array.of(0, 1, 3))).toEqual([true, false, true]);
      const again = opened.add(Uint32Array.of(5, 3), part(0, 2));
      await expect(again).rejects.toMatchObject({ code: 'INDEX_DUPLICATE_KEY', details: { key: 3 } });
      const reference = createReferenceIndex({ dimensions });
      await reference.add(keys, rows);
      const truth = await reference.search(queries, 10);
      const shared = truth.flatMap((hits, query) => [...hits.keys].filter((key) => found[query]!.keys.includes(key)));
      expect(shared.length / 200).toBeGreaterThanOrEqual(least);
      await opened.close();
    },
  );

  it('keeps what was removed and updated, once it is flushed', async () => {
    const folder = await files.path('index');
    const options = { folder, dimensions, segmentSize: 250 };
    const index = await openUsearchSegments(options);
    await fill(index);
    expect(await index.remove(keys.subarray(0, 100))).toBe(100);
    await index.update(keys.subarray(100, 102), part(0, 2));
    await index.flush();
    const found = await index.search(queries, 950);
    await index.close();
    const opened = await openUsearchSegments(options);
    expect(opened.size).toBe(900);
    expect(await opened.search(queries, 950)).toEqual(found);
    const [nearest] = await opened.search(part(1, 2), 1);
    expect(nearest!.keys[0]).toBe(keys[101]);
    await opened.close();
  });

  it.each<Quantization>(['f32', 'i8'])(
    'as %s: grows on in the last segment however often it is flushed and opened, and finds what one index of all does',
    async (quantization) => {
      const folder = await files.path('index');
      // One thread: graphs that several build at once differ from run to run, and some leave a vector out of reach.
      const sharp = { dimensions, expansionSearch: 1000, quantization, rescore: vectors, oversampling: 3, threads: 1 };
      const options = { folder, segmentSize: 250, ...sharp };
      for (let from = 0; from < count; from += 40) {
        const index = await openUsearchSegments(options);
        const to = Math.min(from + 40, count);
        await index.add(keys.subarray(from, from + 20), part(from, from + 20));
        await index.flush();
        await index.add(keys.subarray(from + 20, to), part(from + 20, to));
        await index.flush();
        await index.close();
      }
      expect((await segmentsOf(folder)).filter((name) => name.endsWith('.usearch'))).toHaveLength(4);
      const opened = await openUsearchSegments(options);
      expect(opened.size).toBe(count);
      expect(opened.contains(keys).every(Boolean)).toBe(true);
      const whole = await createUsearchIndex(sharp);
      await whole.add(keys, rows);
      expect(await opened.search(queries, 20)).toEqual(await whole.search(queries, 20));
      await opened.close();
    },
  );

  it('writes a segment on its way, grows it on while it is in memory, and begins another one after opening', async () => {
    const folder = await files.path('index');
    const options = { folder, dimensions, segmentSize: 700, checkpointSize: 200 };
    const index = await openUsearchSegments(options);
    const sizes: number[] = [];
    for (let from = 0; from < 500; from += 100) {
      await index.add(keys.subarray(from, from + 100), part(from, from + 100));
      const reader = await openUsearchSegments(options); // what a kill would leave now
      sizes.push(reader.size);
      await reader.close();
    }
    expect(sizes).toEqual([0, 200, 200, 400, 400]);
    expect((await segmentsOf(folder)).filter((name) => name.endsWith('.usearch'))).toHaveLength(1);
    await index.close();

    const opened = await openUsearchSegments(options);
    expect(opened.contains(keys.subarray(390, 410)).filter(Boolean)).toHaveLength(10);
    await opened.add(keys.subarray(400), part(400, count));
    await opened.flush();
    expect((await segmentsOf(folder)).filter((name) => name.endsWith('.usearch'))).toHaveLength(2);
    expect((await opened.search(queries, count)).map((hits) => new Set(hits.keys).size)).toEqual(Array(20).fill(count));
    await opened.close();
  });

  it('takes a small segment up again without what was removed from it', async () => {
    const folder = await files.path('index');
    const options = { folder, dimensions, segmentSize: 250 };
    const index = await openUsearchSegments(options);
    await index.add(keys.subarray(0, 100), part(0, 100));
    await index.flush();
    await index.close();
    const opened = await openUsearchSegments(options);
    expect(await opened.remove(keys.subarray(0, 10))).toBe(10);
    await opened.flush();
    await opened.update(keys.subarray(5, 15), part(5, 15));
    expect(opened.size).toBe(95);
    await opened.flush();
    expect(await opened.remove(keys.subarray(0, 100))).toBe(95);
    await opened.flush();
    expect(await segmentsOf(folder)).toEqual(['segments.json']);
    await opened.close();
    const empty = await openUsearchSegments(options);
    expect(empty.size).toBe(0);
    await empty.close();
  });

  it('gives every key once to searches that run while segments are written and taken up', async () => {
    const folder = await files.path('index');
    const options = { folder, dimensions, segmentSize: 150 };
    const index = await openUsearchSegments(options);
    await index.add(keys.subarray(0, 100), part(0, 100));
    await index.flush();
    await index.close();
    const opened = await openUsearchSegments(options);
    const [all] = [opened.add(keys.subarray(100, 200), part(100, 200))];
    const found: Promise<unknown>[] = [];
    for (let round = 0; round < 60; round++) {
      found.push(
        opened.search(part(0, 1), 1000).then(([hits]) => {
          expect(new Set(hits!.keys).size).toBe(hits!.keys.length);
          expect(hits!.keys.length).toBeGreaterThanOrEqual(100);
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all([all, ...found]);
    expect(opened.size).toBe(200);
    await opened.close();
  });

  it.runIf(files.withLimit)('gives a batch back when the full segment cannot be written', async () => {
    const folder = await files.path('index');
    const index = await openUsearchSegments({ folder, dimensions, segmentSize: 250 });
    await index.add(keys.subarray(0, 200), part(0, 200));
    const adding = files.withLimit!(4096, () => index.add(keys.subarray(200, 300), part(200, 300)));
    await expect(adding).rejects.toMatchObject({ code: 'INDEX_SAVE_FAILED' });
    expect(index.size).toBe(200);
    expect(await segmentsOf(folder)).toEqual([]);
    await index.add(keys.subarray(200, 300), part(200, 300));
    expect((await index.search(queries, 1000)).map((hits) => hits.keys.length)).toEqual(Array(20).fill(300));
    await index.close();
  });

  it('refuses a list that is damaged, newer, or of another index, and a segment that is missing or cut', async () => {
    const folder = await files.path('index');
    const options = { folder, dimensions, segmentSize: 250 };
    const index = await openUsearchSegments(options);
    await fill(index);
    await index.close();
    await expect(openUsearchSegments({ ...options, dimensions: 8 })).rejects.toMatchObject({ code: 'INDEX_MISMATCH' });
    const mismatch = { code: 'INDEX_MISMATCH', details: { setting: 'quantization' } };
    await expect(openUsearchSegments({ ...options, quantization: 'f16' })).rejects.toMatchObject(mismatch);
    await expect(openUsearchSegments({ ...options, segmentSize: 0 })).rejects.toMatchObject({
      code: 'INDEX_INVALID_OPTIONS',
    });

    await expect(openUsearchSegments({ ...options, checkpointSize: 1.5 })).rejects.toMatchObject({
      code: 'INDEX_INVALID_OPTIONS',
    });

    const path = join(folder, 'segments.json');
    const list = await readFile(path, 'utf8');
    for (const [text, code] of [
      ['', 'INDEX_CORRUPT_FILE'],
      [list.slice(0, 40), 'INDEX_CORRUPT_FILE'],
      ['[]', 'INDEX_CORRUPT_FILE'],
      [list.replace('"segments"', '"parts"'), 'INDEX_CORRUPT_FILE'],
      [list.replace('"format":1', '"format":2'), 'INDEX_NEWER_FILE'],
      [list.replace('segment-2', 'segment-7'), 'INDEX_FILE_MISSING'],
    ] as const) {
      await writeFile(path, text);
      await expect(openUsearchSegments(options), text).rejects.toMatchObject({ code });
    }
    await writeFile(path, list);
    const segment = join(folder, 'segment-2.usearch');
    await writeFile(segment, (await readFile(segment)).subarray(0, -50));
    await expect(openUsearchSegments(options)).rejects.toMatchObject({ code: 'INDEX_CORRUPT_FILE' });
    const inFile = openUsearchSegments({ ...options, folder: segment });
    await expect(inFile).rejects.toMatchObject({
      code: expect.stringMatching(/^INDEX_(FILE_UNREADABLE|SAVE_FAILED)$/),
    });
  });
});
