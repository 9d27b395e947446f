import { defineConfig } from 'vitest/config';

/** Apart from the other tests: it drives a real browser. */
export default defineConfig({ test: { include: ['test/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000 } });
