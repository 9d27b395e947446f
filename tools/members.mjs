import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/**
 * The workspace members that are published, found by looking into this checkout or another: folder, name, manifest, and the entries of its exports
 * as `{ subpath: '.', types: 'dist/index.d.ts' }`.
 */
export function publishedMembers(base = root) {
  return ['packages', 'apps']
    .flatMap((parent) => readdirSync(join(base, parent)).map((name) => ({ name, path: `${parent}/${name}` })))
    .filter(({ path }) => existsSync(join(base, path, 'package.json')))
    .map(({ name, path }) => {
      const manifest = JSON.parse(readFileSync(join(base, path, 'package.json'), 'utf8'));
      return { short: name, path, folder: join(base, path), manifest, entries: entriesOf(manifest) };
    })
    .filter(({ manifest }) => !manifest.private);
}

function entriesOf({ exports = {} }) {
  return Object.entries(exports)
    .filter(([, target]) => target?.import?.types)
    .map(([subpath, target]) => ({ subpath, types: target.import.types, module: target.import.default }));
}
