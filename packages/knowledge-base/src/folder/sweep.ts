import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { remove } from './files.js';
import type { Manifest } from './manifest.js';

/**
 * Removes the data files that the manifest does not name: of a knowledge base that was replaced, of a build that was
 * given up, of an index that has a newer file. Only under the lock, and with no build under way.
 */
export async function sweep(folder: string, manifest: Manifest | undefined): Promise<void> {
  const kept = new Set(manifest ? [manifest.store.file, manifest.vectors.file, manifest.index.file] : []);
  for (const name of await readdir(folder)) {
    const data = /^(?:store|vectors|index)-\d+\..*?(?=-journal$|\.tmp$|$)/.exec(name)?.[0];
    if (data !== undefined && !kept.has(data)) await remove(join(folder, name));
  }
}
