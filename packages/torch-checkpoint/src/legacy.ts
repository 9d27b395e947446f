/** The form before PyTorch 1.6: torch/serialization.py, `_legacy_save`. */
import { fileOf, viewOf } from './byte-source.js';
import { dtypes } from './dtypes.js';
import { corrupt, missingStorage, truncated, unsupportedFile } from './errors.js';
import type { Layout } from './layout.js';
import { loadPickle } from './pickle/load-pickle.js';
import { isKind, type PickleValue, type Storage } from './pickle/values.js';
import type { ByteSource } from './types.js';

/** The pickle of 0x1950a86a20f9469cfc6c, with which every file begins. */
export const legacyMagic = Uint8Array.of(
  ...[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
);
const knownProtocol = 1001;
/** An int64 before each storage: its length in numbers. */
const prefix = 8;

/** Three pickles about the file, the object, the storage keys in the order of their numbers; then the numbers. */
export async function readLegacy(source: ByteSource): Promise<Layout> {
  const file = fileOf(source);
  const protocol = await loadPickle(source, legacyMagic.length);
  if (protocol.value !== knownProtocol) {
    const fix = 'Load it with the PyTorch that wrote it and save it again.';
    throw unsupportedFile(file, `Its protocol is ${describe(protocol.value)}, not ${knownProtocol}`, fix);
  }
  const system = await loadPickle(source, protocol.end);
  const { value: root, end, storages } = await loadPickle(source, system.end);
  const keys = await loadPickle(source, end);
  const positions = await placeStorages(source, keys.end, inOrder(keys.value, storages, file));
  return {
    serialization: 'legacy',
    root,
    locate: async ({ key }) => positions.get(key)!,
  };
}

function inOrder(keys: PickleValue, storages: ReadonlyMap<string, Storage>, file: string): Storage[] {
  if (!isKind(keys, 'list')) throw corrupt(file, 'It has no list of storages');
  const ordered = new Map<string, Storage>();
  for (const key of keys.items) {
    const storage = storages.get(String(key));
    if (!storage) throw corrupt(file, `It lists a storage ${describe(key)} that no tensor uses`);
    ordered.set(storage.key, storage);
  }
  for (const key of storages.keys()) if (!ordered.has(key)) throw missingStorage(file, key);
  if (ordered.size !== keys.items.length) throw corrupt(file, 'It lists a storage twice');
  return [...ordered.values()];
}

async function placeStorages(source: ByteSource, start: number, storages: readonly Storage[]) {
  const file = fileOf(source);
  const size = ({ dtype, count }: Storage) => prefix + count * dtypes[dtype].width;
  const expected = storages.reduce((end, storage) => end + size(storage), start);
  if (expected > source.size) throw truncated(file, source.size, expected);
  const positions = new Map<string, number>();
  let position = start;
  for (const storage of storages) {
    const count = viewOf(await source.read(position, prefix)).getBigInt64(0, true);
    if (count !== BigInt(storage.count)) {
      const why = `Storage ${storage.key} has ${count} numbers and should have ${storage.count}`;
      throw corrupt(file, why, { storage: storage.key, expected: storage.count, found: Number(count) });
    }
    positions.set(storage.key, position + prefix);
    position += size(storage);
  }
  return positions;
}

function describe(value: PickleValue): string {
  return typeof value === 'object' && value !== null ? `a ${value.kind}` : String(value).slice(0, 100);
}
