import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { remove } from './files.js';
import { type BuildPlan, indexName, type Manifest, storeName, vectorsName } from './manifest.js';

/**
 * Removes the data files that neither the manifest nor the plan of an unfinished build names: of a knowledge base that
 * was replaced, of a build that was given up, of an index that has a newer file. Only under the lock.
 */
export async function sweep(folder: string, manifest: Manifest | undefined, plan?: BuildPlan): Promise<void> {
  const kept = new Set([
    ...(manifest ? [manifest.store.file, manifest.vectors.file, manifest.index.file] : []),
    ...(plan ? namesOf(plan) : []),
  ]);
  for (const name of await readdir(folder)) {
    const data = /^(?:store|vectors|index)-\d+\..*?(?=-journal$|\.tmp$|$)/.exec(name)?.[0];
    if (data !== undefined && !kept.has(data)) await remove(join(folder, name));
  }
}

function namesOf({ generation, index }: BuildPlan): string[] {
  return [storeName(generation), vectorsName(generation), indexName(generation, index.backend)];
}
