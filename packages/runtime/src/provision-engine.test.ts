import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fakeProgram, usePath } from '../test/fake-program.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { assertFreeSpace, formatBytes } from './disk-space.js';
import { engineFolder } from './engine-layout.js';
import { engineSteps } from './engine-steps.js';
import { provisionEngine } from './provision-engine.js';
import { selfTest } from './self-test.js';

const host = { platform: 'linux', arch: 'x64', glibc: '2.36' };

function stepNamed(name: string, downloads: string) {
  return engineSteps({ kind: 'cpu', wheels: [], downloads }).find((step) => step.name === name)!;
}

describe('provisionEngine', () => {
  it('uses what is there', async () => {
    const cacheFolder = temporaryFolder();
    const folder = engineFolder(cacheFolder, 'cpu', host);
    mkdirSync(folder, { recursive: true });
    expect(await provisionEngine({ kind: 'cpu', cacheFolder, host })).toEqual({
      kind: 'cpu',
      packageName: '@tensorflow/tfjs-node',
      tensorflowVersion: '2.18.1',
      folder,
      reused: true,
    });
  });

  it('refuses a machine for which there is nothing', async () => {
    const musl = { platform: 'linux', arch: 'x64' };
    const provisioning = provisionEngine({ kind: 'cpu', cacheFolder: temporaryFolder(), host: musl });
    await expect(provisioning).rejects.toMatchObject({ code: 'ENGINE_UNSUPPORTED_PLATFORM' });
  });

  it('refuses an option that it does not have', async () => {
    const misspelt = { kind: 'cpu', cacheFolder: temporaryFolder(), host, cachefolder: '/elsewhere' } as const;
    await expect(provisionEngine(misspelt)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      fix: 'Did you mean "cacheFolder"?',
    });
  });

  it('names all missing tools at once, before it fetches anything', async () => {
    const programs = temporaryFolder();
    const cacheFolder = temporaryFolder();
    fakeProgram(programs, 'npm', 'console.log("11.0.0")');
    fakeProgram(programs, 'python3', 'process.exit(args.includes("pip") ? 1 : 0)');
    usePath(programs);
    await expect(provisionEngine({ kind: 'cpu', cacheFolder, host })).rejects.toMatchObject({
      code: 'ENGINE_TOOLS_MISSING',
      fix: 'For example: apt-get install python3-pip g++',
      details: { missing: ['pip', 'g++'] },
    });
    expect(readdirSync(cacheFolder)).toEqual(['engines']);
  });
});

describe('the steps', () => {
  it.each([
    ['package', 'npm', 'ENGINE_INSTALL_FAILED'],
    ['addon', 'g++', 'ENGINE_COMPILE_FAILED'],
  ])('%s: says what %s said when it fails', async (name, program, code) => {
    const programs = temporaryFolder();
    fakeProgram(programs, program, 'console.error("it is broken"); process.exit(1)');
    usePath(programs);
    const folder = temporaryFolder();
    const running = stepNamed(name, folder).run({ folder, signal: new AbortController().signal });
    await expect(running).rejects.toMatchObject({ code, why: expect.stringContaining('it is broken') });
  });

  it('an engine that does not load fails its test', async () => {
    const testing = selfTest({
      folder: temporaryFolder(),
      packageName: '@tensorflow/tfjs-node',
      tensorflowVersion: '2.18.1',
      quietAddon: 'quiet.node',
    });
    await expect(testing).rejects.toMatchObject({
      code: 'ENGINE_SELF_TEST_FAILED',
      why: expect.stringContaining('Cannot find module'),
    });
  });
});

describe('assertFreeSpace', () => {
  it('says how much is needed and how much there is', async () => {
    const folder = temporaryFolder();
    await assertFreeSpace(folder, 1, 'A test');
    await expect(assertFreeSpace(folder, 1e18, 'A test')).rejects.toMatchObject({
      code: 'DISK_SPACE',
      what: expect.stringContaining('A test needs 1000000000.0 GB'),
      details: { neededBytes: 1e18 },
    });
    expect([999, 12.6e6, 1.25e9].map(formatBytes)).toEqual(['1 kB', '13 MB', '1.3 GB']);
  });
});
