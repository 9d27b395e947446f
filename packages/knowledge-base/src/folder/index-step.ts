import { join } from 'node:path';
import type { VectorIndex, VectorStore, WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { Database } from '../store/database.js';
import { readFacts } from '../store/facts.js';
import { remove, sizeOf, syncFile, syncFolder } from './files.js';
import type { IndexContext, IndexProvider } from './index-provider.js';
import { indexName, type ManifestIndex } from './manifest.js';

/** Vectors that are added to an index at once. */
const batchSize = 8192;

export interface IndexStepOptions extends WorkOptions {
  readonly folder: string;
  readonly provider: IndexProvider;
  readonly vectors: VectorStore;
  readonly dimensions: number;
  /** Of the file that is written. */
  readonly generation: number;
}

/** Makes the index of all encoded entities, from the vectors file, and saves it. */
export async function buildIndex(database: Database, options: IndexStepOptions): Promise<ManifestIndex> {
  const { provider, vectors, dimensions } = options;
  const index = await provider.create(dimensions, contextOf(provider, vectors));
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

/** Brings the saved index up to date in a new file; returns `current` if there is nothing to do. */
export async function updateIndex(database: Database, options: UpdateIndexOptions): Promise<ManifestIndex> {
  const { current, folder, provider, vectors, dimensions } = options;
  const { encodedThrough } = readFacts(database);
  const [newest] = database.get<[number | null]>('SELECT max(key) FROM entities WHERE key <= ?', encodedThrough) ?? [
    null,
  ];
  const hasNew = (newest ?? 0) > current.through;
  const stale = staleKeys(database, current);
  if (!hasNew && stale.length === 0) return current;

  const index = await provider.open(join(folder, current.file), dimensions, contextOf(provider, vectors));
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
  const { encodedThrough } = readFacts(database);
  const [total] = database.get<[number]>(
    'SELECT count(*) FROM entities WHERE key > ? AND key <= ?',
    after,
    encodedThrough,
  ) ?? [0];
  let through = after;
  for (let done = 0; done < total; ) {
    signal?.throwIfAborted();
    const rows = database.all<[number]>(
      'SELECT key FROM entities WHERE key > ? AND key <= ? ORDER BY key LIMIT ?',
      through,
      encodedThrough,
      batchSize,
    );
    const keys = Uint32Array.from(rows, ([key]) => key);
    await index.add(keys, await vectors.read(keys));
    through = keys.at(-1)!;
    done += keys.length;
    onProgress?.({ step: 'index entities', done, total, unit: 'entities' });
  }
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
      fix: 'Choose a backend that can, such as exact or usearch.',
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
