import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@referent/core';
import { remove } from './files.js';
import { findNote } from './index-note.js';
import type { DiscardIndex, IndexProvider } from './index-provider.js';
import { type BuildPlan, indexName, type Manifest, residenceFolder, storeName, vectorsName } from './manifest.js';
import { residentContext } from './resident-context.js';

export interface SweepOptions {
  /** The one that is in use: it knows how to delete its own indexes. */
  readonly provider?: IndexProvider | undefined;
  /** Deletes indexes of any backend. */
  readonly discardIndex?: DiscardIndex | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Removes the data files that neither the manifest nor the plan of an unfinished build names: of a knowledge base that
 * was replaced, of a build that was given up, of an index that has a newer file; and what notes among them speak of.
 * Only under the lock.
 */
export async function sweep(
  folder: string,
  manifest: Manifest | undefined,
  { plan, ...options }: SweepOptions & { readonly plan?: BuildPlan | undefined } = {},
): Promise<void> {
  const kept = new Set([
    ...(manifest ? [manifest.store.file, manifest.vectors.file, manifest.index.file] : []),
    ...(plan ? namesOf(plan) : []),
  ]);
  for (const name of await readdir(folder)) {
    const data = /^(?:store|vectors|index)-\d+\..*?(?=-journal$|\.tmp$|\.files$|$)/.exec(name)?.[0];
    if (data === undefined || kept.has(data)) continue;
    if (data === name) await discardResident(folder, name, options);
    else await remove(join(folder, name));
  }
}

/**
 * Deletes an index file, or a note with what it speaks of. Where that cannot be reached the note stays, so that the next
 * sweep tries again.
 */
export async function discardResident(
  folder: string,
  file: string,
  { provider, discardIndex, logger }: SweepOptions,
): Promise<void> {
  const path = join(folder, file);
  const note = await findNote(path);
  if (note) {
    const discard = discardIndex ?? (provider?.backend === note.backend ? provider.discard : undefined);
    try {
      await discard?.(note.model.dimensions, residentContext(path, note, { isWritable: true }));
    } catch (error) {
      logger?.warn(
        `What is left of an older index could not be deleted, and will be tried again: ${(error as Error).message} (Delete ${path} to give it up.)`,
      );
      return;
    }
  }
  await remove(residenceFolder(path));
  await remove(path);
}

function namesOf({ generation, index }: BuildPlan): string[] {
  return [storeName(generation), vectorsName(generation), indexName(generation, index.backend)];
}
