import { join } from 'node:path';
import type { Logger, VectorIndex, VectorStore, WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { Database } from '../store/database.js';
import { readFacts } from '../store/facts.js';
import { remove, sizeOf, syncFile, syncFolder } from './files.js';
import type { DiscardIndex, IndexContext, IndexProvider } from './index-provider.js';
import { countKeysAfter, keysAfter } from './keys-to-index.js';
import { indexName, type ManifestIndex, type ModelIdentity } from './manifest.js';
import { buildResident, updateResident } from './resident-step.js';

export interface IndexStepOptions extends WorkOptions {
  readonly folder: string;
  readonly provider: IndexProvider;
  readonly vectors: VectorStore;
  readonly model: ModelIdentity;
  /** Of the file that is written. */
  readonly generation: number;
  readonly discardIndex?: DiscardIndex | undefined;
  readonly logger?: Logger | undefined;
}

/** Makes the index of all encoded entities, from the vectors file, and saves it. */
export async function buildIndex(database: Database, options: IndexStepOptions): Promise<ManifestIndex> {
  const { provider, vectors, model } = options;
  const where = provider.residence?.(countKeysAfter(database, 0), model.dimensions);
  if (where) return buildResident(database, where, options);
  const index = await provider.create(model.dimensions, contextOf(provider, vectors));
  try {
    const through = await addKeysAfter(database, index, 0, options);
    return await saveIndex(database, index, through, options);
  } finally {
    await index.close();
  }
}

export interface UpdateIndexOptions extends IndexStepOptions {
  readonly current: ManifestIndex;
}

/**
 * Brings the saved index up to date: in a new file, or where it lives if it keeps by itself what it is given. Returns
 * `current` if there is nothing to do.
 */
export async function updateIndex(database: Database, options: UpdateIndexOptions): Promise<ManifestIndex> {
  const { current, folder, provider, vectors, model } = options;
  const { encodedThrough } = readFacts(database);
  const [newest] = database.get<[number | null]>('SELECT max(key) FROM entities WHERE key <= ?', encodedThrough) ?? [
    null,
  ];
  const hasNew = (newest ?? 0) > current.through;
  const stale = staleKeys(database, current);
  if (!hasNew && stale.length === 0) return current;
  if (current.isResident) return (await updateResident(database, options)) ?? buildIndex(database, options);

  const path = join(folder, current.file);
  const index = await provider.open(path, model.dimensions, contextOf(provider, vectors));
  let through = current.through;
  try {
    if (stale.length > 0 && !index.remove) return await buildIndex(database, options);
    if (stale.length > 0) await index.remove?.(stale);
    through = Math.max(through, await addKeysAfter(database, index, current.through, options));
    return await saveIndex(database, index, through, options);
  } finally {
    await index.close();
  }
}

/** Keys that the saved index knows and the store has removed. */
export function staleKeys(database: Database, { removals, through }: ManifestIndex): Uint32Array {
  const rows = database.all<[number]>('SELECT key FROM removed WHERE number > ? AND key <= ?', removals, through);
  return Uint32Array.from(rows, ([key]) => key);
}

async function addKeysAfter(
  database: Database,
  index: VectorIndex,
  after: number,
  { vectors, signal, onProgress }: IndexStepOptions,
): Promise<number> {
  const total = countKeysAfter(database, after);
  let through = after;
  let done = 0;
  for (const keys of keysAfter(database, after)) {
    signal?.throwIfAborted();
    await index.add(keys, await vectors.read(keys));
    through = keys.at(-1)!;
    done += keys.length;
    onProgress?.({ step: 'index entities', done, total, unit: 'entities' });
  }
  signal?.throwIfAborted();
  return through;
}

async function saveIndex(
  database: Database,
  index: VectorIndex,
  through: number,
  { folder, provider, generation }: IndexStepOptions,
): Promise<ManifestIndex> {
  const { backend, settings } = provider;
  if (!index.save) {
    throw knowledgeBaseError('KB_WRONG_INDEX', {
      what: `The index ${backend} cannot be saved to a file.`,
      fix: 'Choose a backend that can, such as exact or usearch, or give its provider a residence.',
      details: { backend },
    });
  }
  const file = indexName(generation, backend);
  const path = join(folder, file);
  await remove(path); // a killed build may have left one
  await index.save(path);
  await syncFile(path);
  await syncFolder(folder);
  const { removals } = readFacts(database);
  return { backend, settings, file, bytes: (await sizeOf(path)) ?? 0, generation, through, removals };
}

function contextOf({ backend, settings }: IndexProvider, vectors: VectorStore): IndexContext {
  return { backend, settings, vectors, isWritable: true };
}
