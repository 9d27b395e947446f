import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openVectorsFile, openVectorsWriter } from './vectors-file.js';

const folder = mkdtempSync(join(tmpdir(), 'referent-vectors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dimensions = 3;
const rowsFor = (keys: readonly number[]) => ({
  data: Float32Array.from(keys.flatMap((key) => [key, key + 0.25, key + 0.5])),
  count: keys.length,
});

describe('the vectors file', () => {
  const path = join(folder, 'v.f32');

  it('gives rows back in the order asked for, with gaps and repeats', async () => {
    const writer = await openVectorsWriter(path, dimensions);
    await writer.write([1, 2, 3, 7, 8], rowsFor([1, 2, 3, 7, 8]));
    await writer.sync();
    await writer.close();
    const file = openVectorsFile(path, dimensions);
    expect(file.rows).toBe(8);
    for (const keys of [[], [8], [1, 2, 3], [7, 8, 1, 1, 3, 2]]) {
      expect(await file.read(Uint32Array.from(keys))).toEqual(rowsFor(keys));
    }
    for (const key of [0, 9, 2 ** 32 - 1]) {
      await expect(file.read(Uint32Array.of(1, key))).rejects.toMatchObject({
        code: 'VECTORS_MISSING_KEY',
        details: { key },
      });
    }
    file.close();
    file.close();
  });

  it('drops what was written after the last row that counts', async () => {
    const writer = await openVectorsWriter(path, dimensions);
    await writer.truncate(2);
    expect(statSync(path).size).toBe(2 * dimensions * 4);
    await writer.truncate(5); // never makes a file longer
    expect(statSync(path).size).toBe(2 * dimensions * 4);
    await writer.close();
  });

  it('stops when it is told to, at once or between many rows', async () => {
    const file = openVectorsFile(path, dimensions);
    const aborted = AbortSignal.abort(new Error('stop'));
    await expect(file.read(Uint32Array.of(1), { signal: aborted })).rejects.toThrow('stop');
    const controller = new AbortController();
    const reading = file.read(new Uint32Array(50_000).fill(1), { signal: controller.signal });
    controller.abort(new Error('stop later'));
    await expect(reading).rejects.toThrow('stop later');
    file.close();
  });
});
