import { join } from 'node:path';
import type { Logger, WorkOptions } from '@referent/core';
import { inKnowledgeBase, knowledgeBaseError } from './errors.js';
import { sizeOf } from './folder/files.js';
import type { DiscardIndex, IndexProvider } from './folder/index-provider.js';
import { buildIndex } from './folder/index-step.js';
import { lockFolder } from './folder/lock.js';
import { type JsonObject, type Manifest, readManifest, readPlan, writeManifest } from './folder/manifest.js';
import { sweep } from './folder/sweep.js';
import { openVectorsFile } from './folder/vectors-file.js';
import { type Database, openDatabase } from './store/database.js';
import { createStoreWriter } from './store/store-writer.js';

export interface MoveIndexOptions extends WorkOptions {
  readonly folder: string;
  /** The backend and the settings that the knowledge base shall have. */
  readonly index: IndexProvider;
  /** Deletes the old index where it lives at a server. @default `index.discard`, for its own backend */
  readonly discardIndex?: DiscardIndex | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Makes the index again, in another backend or with other settings, from the vectors that the knowledge base keeps:
 * nothing is encoded again. The old index stays until the new one is whole; stopped before, nothing has changed, and where
 * the new one is at a server, or in segments, the same call goes on where it was.
 * @throws `KB_NO_VECTORS` the vectors are not there, `KB_LOCKED`, those of `openKnowledgeBase`, those of the backend
 */
export function moveIndex({
  folder,
  index: provider,
  discardIndex,
  logger,
  signal,
  onProgress,
}: MoveIndexOptions): Promise<Manifest> {
  return underLock(folder, async (manifest) => {
    const { model } = manifest;
    const { dimensions } = model;
    const path = join(folder, manifest.vectors.file);
    const database = openDatabase(join(folder, manifest.store.file), { cacheMegabytes: 64 });
    try {
      const { facts, forgetRemovals } = createStoreWriter(database);
      await assertVectors(folder, path, database, facts.encodedThrough, dimensions);
      const vectors = openVectorsFile(path, dimensions);
      try {
        const plan = await readPlan(folder);
        const generation = Math.max(manifest.index.generation, plan?.generation ?? 0) + 1;
        const index = await buildIndex(database, {
          folder,
          provider,
          vectors,
          model,
          generation,
          discardIndex,
          logger,
          signal,
          onProgress,
        });
        const { entities, names, worlds } = facts;
        const [pending] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', index.through) ?? [0];
        const counts = { entities: entities - pending, names, worlds };
        const moved: Manifest = { ...manifest, updated: new Date().toISOString(), index, counts };
        await writeManifest(folder, moved);
        forgetRemovals(index.removals);
        await sweep(folder, moved, { plan, provider, discardIndex, logger });
        return moved;
      } finally {
        vectors.close();
      }
    } finally {
      database.close();
    }
  });
}

export interface SetIndexSettingsOptions {
  readonly folder: string;
  /** All settings, as the provider will be given them. The index's file must suit them as it is. */
  readonly settings: JsonObject;
}

/** Writes other settings of the index into the manifest: those that only say how it is searched. @throws `KB_LOCKED` */
export function setIndexSettings({ folder, settings }: SetIndexSettingsOptions): Promise<Manifest> {
  return underLock(folder, async (manifest) => {
    const changed: Manifest = {
      ...manifest,
      updated: new Date().toISOString(),
      index: { ...manifest.index, settings },
    };
    await writeManifest(folder, changed);
    return changed;
  });
}

function underLock<T>(folder: string, work: (manifest: Manifest) => Promise<T>): Promise<T> {
  return inKnowledgeBase(folder, async () => {
    await readManifest(folder); // before the lock makes a file in a folder that is none of ours
    const lock = lockFolder(folder);
    try {
      return await work(await readManifest(folder));
    } finally {
      lock.release();
    }
  });
}

async function assertVectors(
  folder: string,
  path: string,
  database: Database,
  encodedThrough: number,
  dimensions: number,
): Promise<void> {
  const [last] = database.get<[number | null]>('SELECT max(key) FROM entities WHERE key <= ?', encodedThrough) ?? [
    null,
  ];
  const needed = (last ?? 0) * dimensions * 4;
  const bytes = await sizeOf(path);
  if (bytes !== undefined && bytes >= needed) return;
  throw knowledgeBaseError('KB_NO_VECTORS', {
    what: `The vectors of the knowledge base ${folder} are not there, so its index cannot be made again.`,
    why: bytes === undefined ? `${path} is missing.` : `${path} has ${bytes} bytes instead of ${needed}.`,
    fix: 'Restore the file from a copy, or build the knowledge base again with the backend that you want.',
    details: { folder, file: path },
  });
}
