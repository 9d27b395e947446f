import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { WorkOptions } from '@referent/core';
import type { Database } from '../store/database.js';
import { readFacts } from '../store/facts.js';
import { syncFolder } from './files.js';
import { findNote, type IndexNote, newNote, readNote, writeNote } from './index-note.js';
import { type ResidentIndex, sameJson } from './index-provider.js';
import type { IndexStepOptions, UpdateIndexOptions } from './index-step.js';
import { countKeysAfter, keysAfter } from './keys-to-index.js';
import { indexName, type JsonObject, type ManifestIndex, residenceFolder } from './manifest.js';
import { residentContext } from './resident-context.js';
import { discardResident } from './sweep.js';

/**
 * Makes an index that keeps by itself what it is given. Its note is written first and tells, batch by batch, how far it
 * came: a killed call goes on there.
 */
export async function buildResident(
  database: Database,
  where: JsonObject,
  options: IndexStepOptions,
): Promise<ManifestIndex> {
  const { folder, provider, vectors, model, generation } = options;
  const { backend, settings } = provider;
  const file = indexName(generation, backend);
  const path = join(folder, file);
  const { removals } = readFacts(database);
  const wanted = { backend, settings, where, removals, model: { hash: model.hash, dimensions: model.dimensions } };
  const found = await findNote(path);
  const isSame =
    found && Object.entries(wanted).every(([name, value]) => sameJson(found[name as keyof IndexNote], value));
  if (!isSame) await discardResident(folder, file, options);
  const note = isSame ? found : newNote({ ...wanted, name: randomBytes(5).toString('hex') });
  if (!isSame) await writeNote(path, note);

  const index = await provider.create(model.dimensions, residentContext(path, note, { vectors, isWritable: true }));
  try {
    const through = await fill(database, index, path, note, options);
    return { backend, settings, file, isResident: true, bytes: 0, generation, through, removals };
  } finally {
    await index.close();
  }
}

/** Changes the index where it lives. Undefined if it cannot forget what must be forgotten. */
export async function updateResident(
  database: Database,
  options: UpdateIndexOptions,
): Promise<ManifestIndex | undefined> {
  const { current, folder, provider, vectors, model } = options;
  const path = join(folder, current.file);
  const note = await readNote(path);
  const context = residentContext(path, note, { vectors, isWritable: true });
  const index: ResidentIndex = await provider.open(path, model.dimensions, context);
  try {
    // Also keys that an addition has brought in which was killed, and that were removed since.
    const rows = database.all<[number]>('SELECT key FROM removed WHERE number > ?', current.removals);
    const stale = Uint32Array.from(rows, ([key]) => key);
    if (stale.length > 0 && !index.remove) return undefined;
    if (stale.length > 0) await index.remove?.(stale, options);
    const through = Math.max(current.through, await fill(database, index, path, note, options));
    return { ...current, through, removals: readFacts(database).removals };
  } finally {
    await index.close();
  }
}

/** Stores what is not stored yet, in the order of the keys; returns the last of them. */
async function fill(
  database: Database,
  index: ResidentIndex,
  path: string,
  note: IndexNote,
  { vectors, signal, onProgress }: WorkOptions & Pick<IndexStepOptions, 'vectors'>,
): Promise<number> {
  const total = countKeysAfter(database, 0);
  let done = total - countKeysAfter(database, note.through);
  let { through } = note;
  const progress = () => onProgress?.({ step: 'index entities', done, total, unit: 'entities' });
  progress();
  let isCertain = false;
  for (const keys of keysAfter(database, note.through)) {
    signal?.throwIfAborted();
    const stored = await index.contains?.(keys);
    const missing = stored ? keys.filter((_, at) => !stored[at]) : keys;
    // Whether a killed call has stored its last batch is not known; what came before it is.
    const store = isCertain || stored || !index.update ? index.add : index.update;
    if (missing.length > 0) await store.call(index, missing, await vectors.read(missing), { signal });
    isCertain = true;
    through = keys.at(-1)!;
    if (!stored) await writeNote(path, { ...note, through });
    done += keys.length;
    progress();
  }
  await index.finish?.({ signal, onProgress });
  await writeNote(path, { ...note, through });
  await syncFolder(residenceFolder(path));
  return through;
}
