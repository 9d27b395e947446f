import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { publishedMembers } from './members.mjs';
import { createReader, placeModels } from './reader.mjs';
import { allPrograms, asJavaScript, codeBlocks, installLines, programs } from './readme.mjs';
import { root } from './run.mjs';

/** Every code block of a package's README, run against the built packages as a user would run it. */
const packages = publishedMembers().filter(({ path }) => path.startsWith('packages/'));
const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** It is compiled when it is installed, which may have failed. */
const isMissing = (name: string) => name in optionalDependencies && !existsSync(join(root, 'node_modules', name));
const reader = createReader();
afterAll(() => reader.close());

describe.each(packages)('README of $manifest.name', ({ short, folder: source, manifest }) => {
  const readme = join(source, 'README.md');
  const blocks = codeBlocks(readme).filter(({ language }) => language === 'js' || language === 'ts');

  it('names the package in its install line', () => {
    expect(installLines(readme)).toContain(manifest.name);
  });

  it('installs all that its programs import', () => {
    const named = new Set(installLines(readme).map((it) => it.replace(/(.)@.*/, '$1')));
    const imported = allPrograms(readme)
      .flatMap(({ code }) =>
        Array.from(code.matchAll(/(?: from |^import )'((?:@[^/']+\/)?[^/'.:]+)[^':]*'/gm), (it) => it[1]),
      )
      .filter((name) => name !== undefined && !named.has(name));
    expect(imported).toEqual([]);
  });

  it('has programs only: each block says what it imports', () => {
    expect(blocks.filter(({ code }) => !/^import /m.test(code)).map(({ line }) => `line ${line}`)).toEqual([]);
  });

  const runs = it.skipIf(installLines(readme).some(isMissing));
  for (const block of programs(readme)) {
    runs(
      `runs line ${block.line}`,
      async () => {
        const own = reader.folder(`${short}-${block.line}`);
        placeModels(own);
        const file = join(own, block.isTest ? 'readme.test.mjs' : 'readme.mjs');
        writeFileSync(file, await asJavaScript(block));
        const vitest = join(root, 'node_modules/vitest/vitest.mjs');
        const args = block.isTest ? [vitest, 'run', `--root=${own}`] : [file];
        const { status, stdout, stderr } = await reader.run(process.execPath, args, own);
        expect({ status, said: `${stdout}${stderr}`.slice(-2000) }).toMatchObject({ status: 0 });
      },
      300_000,
    );
  }
});
