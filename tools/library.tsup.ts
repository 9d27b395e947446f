import { defineConfig, type Options } from 'tsup';

/** How every library of this repository is built: ESM, CommonJS, declarations and source maps. */
export function library(options: Options = {}) {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    // tsup sets `baseUrl`, which TypeScript 6 calls deprecated (egoist/tsup#1388).
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    clean: true,
    target: 'node20',
    platform: 'node',
    splitting: false,
    ...options,
  });
}
