import { truncated } from './errors.js';
import type { ByteSource } from './types.js';

/** Bytes in memory as a source. They are not copied, and must not change. */
export function bytesSource(bytes: Uint8Array, name?: string): ByteSource {
  return {
    size: bytes.length,
    ...(name !== undefined && { name }),
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Holds a source to giving what it was asked for: a file can shrink while it is read. */
export function exactSource(source: ByteSource): ByteSource {
  return {
    size: source.size,
    ...(source.name !== undefined && { name: source.name }),
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      if (bytes.length !== length) throw truncated(fileOf(source), offset + bytes.length, source.size);
      return bytes;
    },
  };
}

export function fileOf(source: ByteSource): string {
  return source.name ?? 'The file';
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
