import { readFile, writeFile } from 'node:fs/promises';
import { gaussianRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe, expect, it } from 'vitest';
import { createExactIndex, openExactIndex } from './node.js';

const files = temporaryFiles();

describe('openExactIndex', () => {
  it('refuses a file of a newer release', async () => {
    const path = await files.path('index');
    await createExactIndex({ dimensions: 4 }).save(path);
    const bytes = await readFile(path);
    bytes.writeUInt32LE(3, 8);
    await writeFile(path, bytes);
    await expect(openExactIndex({ path })).rejects.toMatchObject({ code: 'INDEX_NEWER_FILE' });
  });

  it('refuses a path that is not a file', async () => {
    await expect(openExactIndex({ path: files.folder })).rejects.toMatchObject({ code: 'INDEX_FILE_UNREADABLE' });
  });

  it('takes the dimensions from the file, and saves over the file that it was opened from', async () => {
    const path = await files.path('index');
    const index = createExactIndex({ dimensions: 4 });
    await index.add(
      Uint32Array.from({ length: 3000 }, (_, row) => row),
      gaussianRows({ count: 3000, dimensions: 4 }),
    );
    await index.save(path);
    const opened = await openExactIndex({ path });
    expect([opened.dimensions, opened.size]).toEqual([4, 3000]);
    await opened.remove(Uint32Array.of(0, 1, 2999));
    await opened.save(path);
    expect((await openExactIndex({ path })).size).toBe(2997);
  });

  it('saves what was stored when the save began', async () => {
    const path = await files.path('index');
    const index = createExactIndex({ dimensions: 4 });
    await index.add(Uint32Array.of(1, 2), gaussianRows({ count: 2, dimensions: 4 }));
    const saved = index.save(path);
    const removed = index.remove(Uint32Array.of(1));
    await index.add(Uint32Array.of(3), gaussianRows({ count: 1, dimensions: 4, seed: 2 }));
    await saved;
    expect(await removed).toBe(1);
    const opened = await openExactIndex({ path });
    const [hits] = await opened.search(gaussianRows({ count: 1, dimensions: 4 }), 5);
    expect([...hits!.keys].sort()).toEqual([1, 2]);
  });
});
