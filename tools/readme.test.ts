import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { publishedMembers } from './members.mjs';
import { modelPlaces } from './model-places.mjs';
import { asJavaScript, codeBlocks, installLine, programs } from './readme.mjs';

/** Every code block of a package's README, run against the built packages as a user would run it. */
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const packages = publishedMembers().filter(({ path }) => path.startsWith('packages/'));
const folder = mkdtempSync(join(tmpdir(), 'referent-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
installEverything();

/** A vitest inside a vitest must not take itself for a part of it. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV)/.test(name)),
);

describe.each(packages)('README of $manifest.name', ({ short, folder: source, manifest }) => {
  const readme = join(source, 'README.md');
  const blocks = codeBlocks(readme).filter(({ language }) => language === 'js' || language === 'ts');

  it('names the package in its install line', () => {
    expect(installLine(readme)).toContain(manifest.name);
  });

  it('has programs only: each block says what it imports', () => {
    expect(blocks.filter(({ code }) => !/^import /m.test(code)).map(({ line }) => `line ${line}`)).toEqual([]);
  });

  for (const block of programs(readme)) {
    it(`runs line ${block.line}`, async () => {
      const own = join(folder, `${short}-${block.line}`);
      mkdirSync(own);
      for (const [name, target] of Object.entries(modelPlaces().links))
        if (target) symlinkSync(target, join(own, name));
      const file = join(own, block.isTest ? 'readme.test.mjs' : 'readme.mjs');
      writeFileSync(file, await asJavaScript(block));
      const runner = block.isTest ? [join(modules, 'vitest/vitest.mjs'), 'run', `--root=${own}`] : [file];
      const { status, stdout, stderr } = spawnSync(process.execPath, runner, {
        cwd: own,
        encoding: 'utf8',
        env: outside,
      });
      expect({ status, said: `${stdout}${stderr}`.slice(-2000) }).toMatchObject({ status: 0 });
    }, 300_000);
  }
});

/** The modules of this repository, with the TensorFlow that `referent setup` built where a user has his own. */
function installEverything(): void {
  const own = join(folder, 'node_modules');
  mkdirSync(join(own, '@tensorflow'), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== '@tensorflow' && !name.startsWith('.')) symlinkSync(join(modules, name), join(own, name));
  }
  const { engine } = modelPlaces();
  for (const name of readdirSync(join(modules, '@tensorflow'))) {
    if (!(engine && name === 'tfjs-node'))
      symlinkSync(join(modules, '@tensorflow', name), join(own, '@tensorflow', name));
  }
  if (engine) symlinkSync(engine, join(own, '@tensorflow/tfjs-node'));
}
