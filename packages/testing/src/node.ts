import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { TestFiles } from './vector-index/contract.js';

export type { CuttableProxy, CuttableProxyOptions } from './cuttable-proxy.js';
export { createCuttableProxy } from './cuttable-proxy.js';

/** A temporary folder for the tests of one file; vitest deletes it after them. */
export function temporaryFiles(): TestFiles & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'referent-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  let used = 0;
  return {
    folder,
    async path(name) {
      const own = join(folder, String(used++));
      await mkdir(own);
      return join(own, name);
    },
    read: async (path) => readFile(path),
    write: (path, bytes) => writeFile(path, bytes),
    siblings: (path) => readdir(dirname(path)),
    ...(process.platform === 'linux' && { withLimit }),
  };
}

/** The system's limit on the size of files, set from outside: Node has no call for it. Writing more fails with EFBIG. */
async function withLimit<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const limit = (soft: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`]);
  limit(String(bytes));
  try {
    return await work();
  } finally {
    limit('unlimited');
  }
}
