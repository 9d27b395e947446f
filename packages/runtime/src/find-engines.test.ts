import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { engineFolder } from './engine-layout.js';
import { findEngines } from './find-engines.js';

const host = { platform: 'linux', arch: 'x64', glibc: '2.36' };

function install(modules: string, packageName: string, addonFolder?: string): void {
  const folder = join(modules, 'node_modules', packageName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: packageName, version: '4.22.0' }));
  if (addonFolder === undefined) return;
  mkdirSync(join(folder, 'lib', addonFolder), { recursive: true });
  writeFileSync(join(folder, 'lib', addonFolder, 'tfjs_binding.node'), '');
}

describe('findEngines', () => {
  it('finds nothing where nothing is', async () => {
    expect(await findEngines({ cacheFolder: temporaryFolder(), host })).toEqual([]);
    expect(await findEngines({ cacheFolder: '/no/such/folder', projectFolder: '/no/such/project', host })).toEqual([]);
  });

  it("prefers the user's own, and GPU to CPU", async () => {
    const projectFolder = temporaryFolder();
    const cacheFolder = temporaryFolder();
    install(projectFolder, '@tensorflow/tfjs-node', 'napi-v8');
    install(projectFolder, '@tensorflow/tfjs-node-gpu', 'napi-v5');
    install(engineFolder(cacheFolder, 'cpu', host), '@tensorflow/tfjs-node', 'napi-v8');
    install(engineFolder(cacheFolder, 'gpu', host), '@tensorflow/tfjs-node-gpu', 'napi-v8');
    const nested = join(projectFolder, 'packages', 'mine');
    const found = await findEngines({ projectFolder: nested, cacheFolder, host });
    expect(found.map(({ source, kind, defect }) => [source, kind, defect])).toEqual([
      ['project', 'gpu', undefined],
      ['project', 'cpu', undefined],
      ['cache', 'gpu', undefined],
      ['cache', 'cpu', undefined],
    ]);
  });

  it('says why an installed one cannot be loaded', async () => {
    const projectFolder = temporaryFolder();
    const cacheFolder = temporaryFolder();
    install(projectFolder, '@tensorflow/tfjs-node');
    install(engineFolder(cacheFolder, 'cpu', host), '@tensorflow/tfjs-node');
    const found = await findEngines({ projectFolder, cacheFolder, host });
    expect(found.map(({ defect }) => defect)).toEqual([
      expect.stringContaining('install script'),
      expect.stringContaining('files are missing'),
    ]);
  });
});
