import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages/', import.meta.url));

/** Tests read the sources of sibling packages, so that a change is seen without a build. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@referent\/([\w-]+)\/(node|memory)$/, replacement: `${packages}$1/src/$2.ts` },
      { find: /^@referent\/([\w-]+)$/, replacement: `${packages}$1/src/index.ts` },
    ],
  },
  test: {
    include: [
      '{packages,apps}/*/{src,test}/**/*.test.ts',
      'tools/**/*.test.ts',
      'tests/**/*.test.ts',
      'examples/*/test/*.test.ts',
    ],
    // Native engines keep global state: one process per file, never threads.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
