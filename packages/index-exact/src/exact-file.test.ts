import { readFile, writeFile } from 'node:fs/promises';
import { clusteredRows, createReferenceIndex, gaussianRows, rowsOf } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe, expect, it } from 'vitest';
import { createExactIndex, type KeyedRows, openExactIndex, searchExactFile, writeExactFile } from './node.js';
import { rowFormats } from './row-format.js';

const files = temporaryFiles();
const dimensions = 7; // rows of i8 and f16 that begin anywhere
const count = 5000;
const stored = clusteredRows({ count, dimensions, seed: 5 });
const keys = Uint32Array.from({ length: count }, (_, row) => (row * 7919) % 100_003);
const queries = gaussianRows({ count: 9, dimensions, seed: 6 });

function* parts(size = 777): Generator<KeyedRows> {
  for (let from = 0; from < count; from += size) {
    const data = stored.data.slice(from * dimensions, (from + size) * dimensions);
    yield { keys: keys.slice(from, from + size), rows: { data, count: data.length / dimensions } };
  }
}

describe.each(rowFormats)('searchExactFile, %s', (quantization) => {
  it('equals the index in memory, over block borders, with a filter and without, one query and many', async () => {
    const path = await files.path('index');
    expect(await writeExactFile({ path, dimensions, quantization, parts: parts() })).toBe(count);
    const onDisk = await searchExactFile({ path, dimensions, quantization, verify: true });
    const inMemory = createExactIndex({ dimensions, quantization });
    await inMemory.add(keys, stored);
    expect([onDisk.size, onDisk.dimensions, onDisk.name]).toEqual([count, dimensions, 'exact']);
    const one = { data: queries.data.slice(0, dimensions), count: 1 };
    for (const some of [queries, one, rowsOf()]) {
      for (const allowed of [
        undefined,
        keys.subarray(40, 3000),
        Uint32Array.of(keys[4999]!, 99, keys[0]!),
        keys.subarray(0, 0),
      ]) {
        const options = { keys: allowed };
        expect(await onDisk.search(some, 12, options)).toEqual(await inMemory.search(some, 12, options));
      }
    }
    await onDisk.close();
  });

  it('writes the very file that save writes', async () => {
    const [streamed, saved] = [await files.path('a'), await files.path('b')];
    await writeExactFile({ path: streamed, dimensions, quantization, parts: parts() });
    const index = createExactIndex({ dimensions, quantization });
    await index.add(keys, stored);
    await index.save(saved);
    expect((await readFile(streamed)).equals(await readFile(saved))).toBe(true);
    const opened = await openExactIndex({ path: streamed });
    expect(await opened.search(queries, 12)).toEqual(await index.search(queries, 12));
  });
});

describe('searchExactFile', () => {
  it('gives the true answers', async () => {
    const path = await files.path('index');
    await writeExactFile({ path, dimensions, parts: parts() });
    const reference = createReferenceIndex({ dimensions });
    await reference.add(keys, stored);
    const index = await searchExactFile({ path });
    const [found, expected] = [await index.search(queries, 20), await reference.search(queries, 20)];
    expect(found.map((hits) => [...hits.keys])).toEqual(expected.map((hits) => [...hits.keys]));
    const all = await index.search(queries, count * 2);
    expect(all.map((hits) => hits.keys.length)).toEqual(Array(9).fill(count));
    await index.close();
  });

  it('refuses additions, bad queries, and work after its end; close waits for searches', async () => {
    const path = await files.path('index');
    await writeExactFile({ path, dimensions, parts: parts() });
    const index = await searchExactFile({ path });
    const adding = index.add(Uint32Array.of(1), gaussianRows({ count: 1, dimensions }));
    await expect(adding).rejects.toMatchObject({ code: 'INDEX_READ_ONLY' });
    await expect(index.search(queries, 0)).rejects.toMatchObject({ code: 'INDEX_INVALID_K' });
    await expect(index.search(rowsOf([1]), 1)).rejects.toMatchObject({ code: 'INDEX_INVALID_VECTORS' });
    const last = index.search(queries, 3);
    await index.close();
    await index.close();
    expect(await last).toHaveLength(9);
    await expect(index.search(queries, 3)).rejects.toMatchObject({ code: 'INDEX_CLOSED' });
    await expect(index.add(Uint32Array.of(1), rowsOf([1]))).rejects.toMatchObject({ code: 'INDEX_CLOSED' });
  });

  it('stops when it is told to', async () => {
    const path = await files.path('index');
    await writeExactFile({ path, dimensions, parts: parts() });
    const index = await searchExactFile({ path });
    const controller = new AbortController();
    const searching = index.search(queries, 3, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(searching).rejects.toThrow('enough');
    await index.close();
  });

  it('refuses another quantization, other dimensions, damage that it is asked to look for, and cut files', async () => {
    const path = await files.path('index');
    await writeExactFile({ path, dimensions, quantization: 'i8', parts: parts() });
    const mismatch = (setting: string) => ({ code: 'INDEX_MISMATCH', details: { setting } });
    await expect(searchExactFile({ path, quantization: 'f32' })).rejects.toMatchObject(mismatch('quantization'));
    await expect(openExactIndex({ path, quantization: 'f16' })).rejects.toMatchObject(mismatch('quantization'));
    await expect(searchExactFile({ path, dimensions: 8 })).rejects.toMatchObject(mismatch('dimensions'));
    const bytes = await readFile(path);
    bytes[500]! ^= 1;
    await writeFile(path, bytes);
    const corrupt = { code: 'INDEX_CORRUPT_FILE' };
    await expect(searchExactFile({ path, verify: true })).rejects.toMatchObject(corrupt);
    await (await searchExactFile({ path })).close();
    for (const [at, value] of [
      [8, 1], // an older format
      [16, 9], // an unknown format of rows
    ] as const) {
      const changed = Buffer.from(bytes);
      changed.writeUInt32LE(value, at);
      await writeFile(path, changed);
      await expect(searchExactFile({ path })).rejects.toMatchObject(corrupt);
    }
    await writeFile(path, bytes.subarray(0, -5));
    await expect(searchExactFile({ path })).rejects.toMatchObject(corrupt);
  });
});

describe('writeExactFile', () => {
  it.each<[string, KeyedRows[], string]>([
    [
      'a key twice, in two parts',
      [...parts(), { keys: keys.slice(3, 4), rows: gaussianRows({ count: 1, dimensions }) }],
      'INDEX_DUPLICATE_KEY',
    ],
    [
      'a vector that is not finite',
      [{ keys: Uint32Array.of(1), rows: { data: new Float32Array(dimensions).fill(Number.NaN), count: 1 } }],
      'INDEX_INVALID_VECTORS',
    ],
    [
      'too few keys',
      [{ keys: Uint32Array.of(1), rows: gaussianRows({ count: 2, dimensions }) }],
      'INDEX_INVALID_VECTORS',
    ],
  ])('refuses %s and leaves nothing behind', async (_, some, code) => {
    const path = await files.path('index');
    await expect(writeExactFile({ path, dimensions, parts: some })).rejects.toMatchObject({ code });
    expect(await files.siblings(path)).toEqual([]);
  });

  it('stops between two parts, and writes a file of nothing', async () => {
    const path = await files.path('index');
    const aborted = writeExactFile({
      path,
      dimensions,
      parts: parts(),
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(await files.siblings(path)).toEqual([]);
    expect(await writeExactFile({ path, dimensions, parts: [] })).toBe(0);
    const index = await searchExactFile({ path });
    expect((await index.search(queries, 3))[0]!.keys.length).toBe(0);
    await index.close();
  });
});
