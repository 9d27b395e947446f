/** The form since PyTorch 1.6: a zip file of data.pkl and data/KEY, all in one folder. */
import { fileOf } from './byte-source.js';
import { dtypes } from './dtypes.js';
import { corrupt, foreign, missingStorage, truncated, unsupportedFile } from './errors.js';
import type { Layout } from './layout.js';
import { loadPickle } from './pickle/load-pickle.js';
import type { Storage } from './pickle/values.js';
import type { ByteSource } from './types.js';
import { contentsOf, readZipEntries, type ZipEntry } from './zip.js';

const pickleName = 'data.pkl';

export async function readZip(source: ByteSource): Promise<Layout> {
  const file = fileOf(source);
  const entries = await readZipEntries(source);
  if (!entries) throw await cutOff(source);
  const [pickle] = [...entries.values()].filter(({ name }) => new RegExp(`^[^/]+/${pickleName}$`).test(name));
  if (!pickle) throw foreign(file, `It is a zip file without a ${pickleName}`);
  const folder = pickle.name.slice(0, -pickleName.length);
  await checkKind(source, entries, folder);
  const start = await contentsOf(source, pickle);
  const { value, storages } = await loadPickle(source, start, start + pickle.size);
  for (const storage of storages.values()) entryOf(storage, entries, folder, file);
  const positions = new Map<string, Promise<number>>();
  return {
    serialization: 'zip',
    root: value,
    locate(storage) {
      const { key } = storage;
      if (!positions.has(key)) positions.set(key, contentsOf(source, entryOf(storage, entries, folder, file)));
      return positions.get(key)!;
    },
  };
}

function entryOf(storage: Storage, entries: ReadonlyMap<string, ZipEntry>, folder: string, file: string): ZipEntry {
  const { key, dtype, count } = storage;
  const entry = entries.get(`${folder}data/${key}`);
  if (!entry) throw missingStorage(file, key);
  const expected = count * dtypes[dtype].width;
  if (entry.size < expected) {
    const why = `Storage ${key} has ${entry.size} bytes and should have ${expected}`;
    throw corrupt(file, why, { storage: key, expected, found: entry.size });
  }
  return entry;
}

async function checkKind(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>, folder: string): Promise<void> {
  const save = 'Save the state dict alone: torch.save(model.state_dict(), path).';
  if (entries.has(`${folder}constants.pkl`)) {
    throw unsupportedFile(fileOf(source), 'It is a TorchScript program, not a checkpoint', save);
  }
  const order = entries.get(`${folder}byteorder`);
  if (!order || order.size > 16) return;
  const text = new TextDecoder().decode(await source.read(await contentsOf(source, order), order.size));
  if (text === 'big')
    throw unsupportedFile(fileOf(source), 'Its numbers are big-endian', 'Save it on another machine.');
}

/** The table of contents is at the end, but data.pkl comes first and says how much should have followed. */
async function cutOff(source: ByteSource): Promise<Error> {
  const file = fileOf(source);
  try {
    const start = await contentsOf(source, { name: pickleName, header: 0, size: 0 });
    const { storages, end } = await loadPickle(source, start);
    const bytes = [...storages.values()].reduce((sum, { dtype, count }) => sum + count * dtypes[dtype].width, 0);
    return truncated(file, source.size, end + bytes, true);
  } catch {
    return truncated(file, source.size);
  }
}
