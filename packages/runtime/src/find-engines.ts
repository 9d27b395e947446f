import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exists } from './build-folder.js';
import { addonPath, engineFolder, type HostPlatform, type NativeEngineKind, packageNameOf } from './engine-layout.js';
import { isMissingFile } from './file-errors.js';
import { quietAddon } from './quiet-addon.js';

/** A TensorFlow for Node that is installed somewhere. */
export interface FoundEngine {
  readonly kind: NativeEngineKind;
  readonly packageName: string;
  /** `project`: the user's own dependency. `cache`: what `provisionEngine` built. */
  readonly source: 'project' | 'cache';
  /** The folder of the package. */
  readonly folder: string;
  /** Why it cannot be loaded; absent where nothing speaks against it. */
  readonly defect?: string;
  /** What keeps this engine's native log lines off the screen. */
  readonly quietAddon?: string;
}

export interface FindEnginesOptions {
  /** Where the user's own dependencies are looked for: the folder of his package.json, or below. */
  readonly projectFolder?: string | undefined;
  readonly cacheFolder: string;
  readonly host: HostPlatform;
}

/** All that is installed, best first. Looks at files only: nothing is loaded. */
export async function findEngines({ projectFolder, cacheFolder, host }: FindEnginesOptions): Promise<FoundEngine[]> {
  const kinds = ['gpu', 'cpu'] as const;
  const own = projectFolder === undefined ? [] : await Promise.all(kinds.map((kind) => findOwn(projectFolder, kind)));
  const built = await Promise.all(kinds.map((kind) => findBuilt(engineFolder(cacheFolder, kind, host), kind)));
  return [...own, ...built].filter((engine) => engine !== undefined);
}

async function findOwn(projectFolder: string, kind: NativeEngineKind): Promise<FoundEngine | undefined> {
  const packageName = packageNameOf(kind);
  let folder: string;
  try {
    folder = dirname(createRequire(join(projectFolder, 'package.json')).resolve(`${packageName}/package.json`));
  } catch {
    return undefined; // not installed there
  }
  const found = { kind, packageName, source: 'project', folder } as const;
  if (await hasAddon(folder)) return found;
  return { ...found, defect: 'its native addon is missing: the install script of the package did not run, or failed' };
}

async function findBuilt(folder: string, kind: NativeEngineKind): Promise<FoundEngine | undefined> {
  if (!(await exists(folder))) return undefined;
  const packageName = packageNameOf(kind);
  const found = {
    kind,
    packageName,
    source: 'cache',
    folder: join(folder, 'node_modules', packageName),
    quietAddon: join(folder, quietAddon.file),
  } as const;
  if (await exists(join(found.folder, addonPath))) return found;
  return { ...found, defect: `files are missing in ${folder}` };
}

/** tfjs-node keeps its addon in a folder named after the Node-API version it was built for. */
async function hasAddon(folder: string): Promise<boolean> {
  const versions = await readdir(join(folder, 'lib')).catch((error: unknown) => {
    if (isMissingFile(error)) return [];
    throw error;
  });
  const found = await Promise.all(versions.map((name) => exists(join(folder, 'lib', name, 'tfjs_binding.node'))));
  return found.includes(true);
}
