import { defineConfig } from 'vitest/config';
import root from '../../vitest.config.js';

/** The tests of the package whose mutants run: mutate.mjs names them. */
export default defineConfig({ ...root, test: { ...root.test, include: [process.env.MUTATION_TESTS ?? ''] } });
