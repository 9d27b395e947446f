import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkSizes } from './browser-size.mjs';

const folder = mkdtempSync(join(tmpdir(), 'referent-browser-size-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The problems of a package that has this module for its only entry. */
async function problemsOf(
  source: string,
  { platform = 'any', anywhere = [] as string[], subpath = '.', budget = 10 } = {},
) {
  writeFileSync(join(folder, 'index.js'), source);
  const member = { short: 'it', folder, manifest: { name: '@x/it' }, entries: [{ subpath, module: 'index.js' }] };
  const settings = { platforms: { it: { platform, anywhere } }, budgets: { default: budget } };
  return (await checkSizes([member], settings)).problems;
}

it('lets what runs anywhere pass', async () => {
  expect(await problemsOf('export const a = new TextEncoder();')).toEqual([]);
});

it.each([
  "import 'node:fs';",
  "import { join } from 'path'; export { join };",
  "export const a = () => import('node:os');",
])('fails on %s', async (source) => {
  expect(await problemsOf(source)).toEqual([expect.stringContaining('@x/it does not bundle for a browser')]);
  expect(await problemsOf(source, { platform: 'node' })).toEqual([]);
  const memory = { platform: 'node', anywhere: ['./memory'], subpath: './memory' };
  expect(await problemsOf(source, memory)).toEqual([expect.stringContaining('@x/it/memory does not bundle')]);
});

it('fails on an entry that is not there, and on one that is too large', async () => {
  expect(await problemsOf('', { platform: 'node', anywhere: ['./memory'] })).toEqual([
    expect.stringContaining('no entry of its package.json'),
  ]);
  const large = `export const a = ${JSON.stringify(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 10007))};`;
  expect(await problemsOf(large, { budget: 1 })).toEqual([expect.stringContaining('its budget is 1 kB')]);
});
