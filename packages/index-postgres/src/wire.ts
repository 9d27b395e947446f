import type { Rows } from '@referent/core';

/*
 * Arrays in PostgreSQL's binary format: number of dimensions, flag for nulls, type of the elements, then length and
 * lower bound, all i32; then each element with its length i32 (array_recv in the server's arrayfuncs.c).
 * A pgvector `vector` is its length i16, a zero i16 and the values f32 (vector_recv), all big-endian.
 * Writing numbers as text would cost many times as much.
 */
const headBytes = 20;
const bigint = 20; // pg_type.oid of int8, the same in every database

export function keysParameter(keys: Uint32Array): Buffer {
  const bytes = arrayOf(bigint, keys.length, 8);
  keys.forEach((key, at) => {
    bytes.writeUInt32BE(key, headBytes + at * 12 + 8);
  });
  return bytes;
}

/** `vectorType` is the pg_type.oid of `vector`, which every database chooses itself. */
export function vectorsParameter({ data, count }: Rows, dimensions: number, vectorType: number): Buffer {
  const bytes = arrayOf(vectorType, count, 4 + 4 * dimensions);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = headBytes;
  for (let row = 0; row < count; row++) {
    view.setInt16(at + 4, dimensions);
    at += 8;
    for (let d = 0; d < dimensions; d++, at += 4) view.setFloat32(at, data[row * dimensions + d]!);
  }
  return bytes;
}

/** An array of zeros, with the length of each element in place. */
function arrayOf(elementType: number, count: number, elementBytes: number): Buffer {
  const bytes = Buffer.alloc(count === 0 ? 12 : headBytes + count * (4 + elementBytes));
  bytes.writeInt32BE(count === 0 ? 0 : 1, 0);
  bytes.writeUInt32BE(elementType, 8);
  if (count === 0) return bytes;
  bytes.writeInt32BE(count, 12);
  bytes.writeInt32BE(1, 16);
  for (let at = headBytes; at < bytes.length; at += 4 + elementBytes) bytes.writeInt32BE(elementBytes, at);
  return bytes;
}
