import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createReferenceIndex, gaussianRows } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { build as bundle } from 'tsup';
import { beforeAll, describe, expect, it } from 'vitest';
import { openUsearchSegments } from '../src/index.js';

const files = temporaryFiles();
const here = dirname(fileURLToPath(import.meta.url));
const usearch = createRequire(import.meta.url).resolve('usearch');
const program = join(files.folder, 'killed-process.mjs');
const [dimensions, batchSize, segmentSize] = [8, 50, 200];

beforeAll(async () => {
  await bundle({
    entry: [join(here, 'killed-process.ts')],
    outDir: files.folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    noExternal: [/^(?!node:)/],
    esbuildOptions(options) {
      options.alias = {
        '@referent/core': join(here, '../../core/src/index.ts'),
        // The data alone: the suites need vitest.
        '@referent/testing': join(here, '../../testing/src/data.ts'),
      };
    },
    esbuildPlugins: [
      {
        name: 'usearch from where it is installed',
        setup({ onResolve }) {
          onResolve({ filter: /^usearch$/ }, () => ({ path: usearch, external: true }));
        },
      },
    ],
    config: false,
    silent: true,
    clean: false,
  });
});

/** Lets a process add until it has told of so many batches, then kills it. */
async function killAfter(folder: string, batches: number): Promise<void> {
  const child = spawn(process.execPath, [program, folder, ...[dimensions, batchSize, segmentSize].map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) if (Number(line) >= batches) break;
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
}

describe('openUsearchSegments', () => {
  it('keeps whole segments through kills, and goes on from there', async () => {
    const folder = await files.path('segments');
    let before = 0;
    for (const batches of [2, 9, 17, 17, 30]) {
      await killAfter(folder, batches);
      const index = await openUsearchSegments({ folder, dimensions });
      expect(index.size % segmentSize).toBe(0);
      expect(index.size).toBeGreaterThanOrEqual(Math.floor((batches + 1) / 4) * segmentSize);
      expect(index.size).toBeGreaterThanOrEqual(before);
      before = index.size;

      const reference = createReferenceIndex({ dimensions });
      for (let batch = 0; batch * batchSize < index.size; batch++) {
        const keys = Uint32Array.from({ length: batchSize }, (_, row) => batch * batchSize + row);
        await reference.add(keys, gaussianRows({ count: batchSize, dimensions, seed: batch }));
      }
      const queries = gaussianRows({ count: 5, dimensions, seed: 999 });
      const everything = (found: { keys: Uint32Array }[]) => found.map(({ keys }) => [...keys].sort((a, b) => a - b));
      const size = Math.max(1, index.size);
      expect(everything(await index.search(queries, size))).toEqual(everything(await reference.search(queries, size)));
      await index.close();
    }
  });
});
