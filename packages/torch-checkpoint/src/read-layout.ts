import { fileOf } from './byte-source.js';
import { foreign } from './errors.js';
import type { Layout } from './layout.js';
import { legacyMagic, readLegacy } from './legacy.js';
import type { ByteSource } from './types.js';
import { readZip } from './zip-layout.js';

/** What people give instead of a checkpoint, by its first bytes, each as one character. */
const strangers: readonly (readonly [test: (start: string) => boolean, what: string])[] = [
  [(it) => it === '', 'It is empty'],
  [(it) => it.startsWith('version https://git-lfs'), 'It is a Git LFS pointer: the file itself was not fetched'],
  [(it) => /^\s*<(!doctype|html|\?xml)/i.test(it), 'It is a web page: the download went wrong'],
  [(it) => it.startsWith('{"', 8), 'It looks like a safetensors file, which needs no conversion'],
  [(it) => it.startsWith('\x89HDF'), 'It is an HDF5 file'],
  [(it) => it.startsWith('\x93NUMPY'), 'It is a NumPy array'],
  [(it) => it.startsWith('\x1f\x8b'), 'It is compressed by gzip: unpack it first'],
  [(it) => it.startsWith('\x80'), 'It is a pickle that torch.save did not write'],
];

/** @throws `TORCH_FOREIGN_FILE` neither serialization of torch.save */
export async function readLayout(source: ByteSource): Promise<Layout> {
  const bytes = await source.read(0, Math.min(source.size, 64));
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return readZip(source);
  if (startsWith(bytes, legacyMagic)) return readLegacy(source);
  const text = String.fromCharCode(...bytes);
  const stranger = strangers.find(([test]) => test(text));
  throw foreign(fileOf(source), stranger?.[1] ?? 'It begins like none');
}

function startsWith(bytes: Uint8Array, start: ArrayLike<number>): boolean {
  return Array.from(start).every((byte, i) => bytes[i] === byte);
}
