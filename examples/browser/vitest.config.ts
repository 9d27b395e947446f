import { defineConfig } from 'vitest/config';

/** For `npm test -w example-browser`; the repository's own test command runs the same file. */
export default defineConfig({ test: { include: ['test/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000 } });
