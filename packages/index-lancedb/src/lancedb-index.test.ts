import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusteredRows, createReferenceIndex, rowsOf, unitRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe, expect, it } from 'vitest';
import { createLancedbIndex, openLancedbIndex } from './index.js';
import { loadLancedb } from './load-lancedb.js';

const files = temporaryFiles();
const dimensions = 16;
const size = 1500;
const keys = Uint32Array.from({ length: size }, (_, row) => 2 ** 31 + row);
const clustered = { dimensions, clusters: 10, seed: 3 };
const stored = unitRows(clusteredRows({ ...clustered, count: size }));
const queries = clusteredRows({ ...clustered, count: 10, sampleSeed: 4 });

describe('createLancedbIndex', () => {
  it.each(['hnsw-sq', 'ivf-pq'] as const)('finds by %s what comparing all finds, with exact scores', async (graph) => {
    const folder = await files.path('index');
    const index = await createLancedbIndex({ folder, dimensions, graph, graphFrom: 1 });
    await index.add(keys, stored);
    const steps: number[] = [];
    await index.buildGraph({ onProgress: ({ done }) => steps.push(done) });
    expect(steps).toEqual([1, 2, 3]);
    await index.close();

    const opened = await openLancedbIndex({ folder, dimensions, graph });
    expect(opened.size).toBe(size);
    const reference = createReferenceIndex({ dimensions });
    await reference.add(keys, stored);
    const truth = await reference.search(queries, 10);
    const found = await opened.search(queries, 10);
    const shared = found.map((hits, at) => hits.keys.filter((key) => truth[at]!.keys.includes(key)).length);
    expect(shared.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(95);
    found.forEach((hits, at) => {
      expect(Math.abs(hits.scores[0]! - truth[at]!.scores[0]!)).toBeLessThan(1e-3);
    });
    await opened.close();
  });

  it('takes only vectors of length 1 into hnsw-sq', async () => {
    const index = await createLancedbIndex({ folder: await files.path('index'), dimensions: 2, graph: 'hnsw-sq' });
    await expect(index.add(Uint32Array.of(1), rowsOf([2, 0]))).rejects.toMatchObject({ code: 'INDEX_NOT_QUANTIZABLE' });
    await index.close();
  });

  it('refuses to make a table that exists, unless it may replace it', async () => {
    const folder = await files.path('index');
    const first = await createLancedbIndex({ folder, dimensions: 2 });
    await first.add(Uint32Array.of(1), rowsOf([1, 0]));
    await first.close();
    await expect(createLancedbIndex({ folder, dimensions: 2 })).rejects.toMatchObject({ code: 'INDEX_TABLE_EXISTS' });
    const second = await createLancedbIndex({ folder, dimensions: 3, replace: true });
    expect(second.size).toBe(0);
    await second.close();
  });

  it("refuses another model's vectors by their label, and is gone when it was dropped", async () => {
    const folder = await files.path('index');
    const index = await createLancedbIndex({ folder, dimensions: 2, label: 'model a' });
    await index.add(Uint32Array.of(1), rowsOf([1, 0]));
    await index.close();
    const details = { setting: 'label', expected: 'model b', found: 'model a' };
    const other = openLancedbIndex({ folder, dimensions: 2, label: 'model b' });
    await expect(other).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details });
    const opened = await openLancedbIndex({ folder, dimensions: 2, label: 'model a' });
    await opened.add(Uint32Array.of(2), rowsOf([0, 1]));
    expect(opened.size).toBe(2);
    await opened.drop();
    const gone = openLancedbIndex({ folder, dimensions: 2 });
    await expect(gone).rejects.toMatchObject({ code: 'INDEX_TABLE_MISSING' });
  });

  it.each([
    { dimensions: 0 },
    { dimensions: 2, table: 'a b' },
    { dimensions: 2, graph: 'flat' as 'ivf-pq' },
    { dimensions: 2, folder: '' },
  ])('refuses the settings %o', async (settings) => {
    const creating = createLancedbIndex({ folder: 'never-made', ...settings });
    await expect(creating).rejects.toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
  });

  it('says what is wrong with a folder that cannot be one', async () => {
    const path = await files.path('file');
    await writeFile(path, 'a file');
    await expect(createLancedbIndex({ folder: path, dimensions: 2 })).rejects.toMatchObject({
      code: 'INDEX_STORAGE_FAILED',
      fix: expect.stringContaining('disk'),
    });
  });

  it('says how to install LanceDB where it is missing', () => {
    const load = () => {
      throw new Error("Cannot find module '@lancedb/lancedb'");
    };
    expect(() => loadLancedb(load)).toThrow(
      expect.objectContaining({ code: 'BACKEND_MISSING', fix: expect.stringContaining('npm install') }),
    );
  });
});

describe('openLancedbIndex', () => {
  it('refuses a folder that is missing, empty, of other dimensions, damaged', async () => {
    const folder = await files.path('index');
    const missing = { code: 'INDEX_FILE_MISSING' };
    await expect(openLancedbIndex({ folder, dimensions: 2 })).rejects.toMatchObject(missing);
    await mkdir(folder);
    await expect(openLancedbIndex({ folder, dimensions: 2 })).rejects.toMatchObject({ code: 'INDEX_TABLE_MISSING' });
    const index = await createLancedbIndex({ folder, dimensions: 2 });
    await index.add(Uint32Array.of(1), rowsOf([1, 0]));
    await index.close();
    const opening = openLancedbIndex({ folder, dimensions: 3 });
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details: { expected: 3, found: 2 } });
    await mkdir(join(folder, 'broken.lance'));
    const broken = openLancedbIndex({ folder, table: 'broken', dimensions: 2 });
    await expect(broken).rejects.toMatchObject({ code: 'INDEX_CORRUPT_FILE' });
  });
});
