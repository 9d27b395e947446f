// Writes the boilerplate of a new library: node tools/new-package.mjs <name> "<one sentence>"
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [name, description] = process.argv.slice(2);
if (!name || !description) throw new Error('usage: node tools/new-package.mjs <name> "<one sentence>"');
const folder = new URL(`../packages/${name}/`, import.meta.url);
mkdirSync(new URL('src/', folder), { recursive: true });

const graph = JSON.parse(readFileSync(new URL('package-graph.json', import.meta.url), 'utf8')).packages[name];
const manifest = {
  name: `@referent/${name}`,
  version: '0.0.0',
  description,
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  files: ['dist'],
  main: './dist/index.cjs',
  module: './dist/index.js',
  types: './dist/index.d.ts',
  exports: {
    '.': {
      import: { types: './dist/index.d.ts', default: './dist/index.js' },
      require: { types: './dist/index.d.cts', default: './dist/index.cjs' },
    },
    './package.json': './package.json',
  },
  scripts: { build: 'tsup' },
  publishConfig: { access: 'public' },
  ...(graph.imports.length && {
    dependencies: Object.fromEntries(graph.imports.map((it) => [`@referent/${it}`, '^0.0.0'])),
  }),
};
const write = (file, text) => {
  const path = new URL(file, folder);
  if (!existsSync(path)) writeFileSync(path, text);
};
write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
write('tsconfig.json', `${JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src', 'test'] })}\n`);
write('tsup.config.ts', "import { library } from '../../tools/library.tsup';\n\nexport default library();\n");
write('README.md', `# @referent/${name}\n\n${description}\n`);
write('src/index.ts', 'export {};\n');
copyFileSync(new URL('../LICENSE', import.meta.url), new URL('LICENSE', folder));
