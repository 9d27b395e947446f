import type { FileHandle } from 'node:fs/promises';
import type { KeyCodec } from './key-codec.js';
import type { Quantization } from './options.js';
import { createSlotTable, type SlotTable } from './slot-table.js';

/*
 * A file of usearch 2: rows u32, bytes per row u32, the rows in slot order; a head of 64 bytes ("usearch", versions,
 * kinds, counts); a graph head of five u64 (size, connectivity, base connectivity, top level, entry slot); a level i16
 * per slot; then the nodes: key u64, level i16, and per level a count u32 with room for that many slots u32.
 * (usearch 2.25: index_dense.hpp and index.hpp, `save_to_stream`.)
 *
 * Its JavaScript binding gives no vector back, so they are read from here.
 */
const headBytes = 64;
const graphHeadBytes = 40;
const nodeHeadBytes = 10;
const removedKey = 2n ** 64n - 1n;
const readBytes = 1 << 22;

export interface FileLayout {
  /** Where usearch's part ends. */
  readonly end: number;
  readonly rowBytes: number;
  readonly slots: SlotTable;
}

/** Throws a plain RangeError or Error where the file is not of this layout. */
export async function readLayout(file: FileHandle, { decodeOne }: KeyCodec): Promise<FileLayout> {
  const rows = await readAt(file, 0, 8);
  const [count, rowBytes] = [rows.readUInt32LE(0), rows.readUInt32LE(4)];
  const headAt = 8 + count * rowBytes;
  const head = await readAt(file, headAt, headBytes + graphHeadBytes);
  if (head.toString('latin1', 0, 7) !== 'usearch') throw new Error('There is no usearch head where it should be.');
  const size = Number(head.readBigUInt64LE(headBytes));
  if (size !== count) throw new Error('The graph has another number of nodes than there are vectors.');
  const perLevel = 4 + 4 * Number(head.readBigUInt64LE(headBytes + 8));
  const onBase = 4 + 4 * Number(head.readBigUInt64LE(headBytes + 16));

  const levelsAt = headAt + headBytes + graphHeadBytes;
  const levels = await readAt(file, levelsAt, count * 2);
  const entries = new Uint32Array(count * 2); // key and slot of each that is present
  let present = 0;
  let nodeAt = levelsAt + levels.length;
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = nodeAt;
  for (let slot = 0; slot < count; slot++) {
    if (nodeAt + 8 > chunkAt + chunk.length) {
      const { size: fileSize } = await file.stat();
      chunk = await readAt(file, nodeAt, Math.min(readBytes, fileSize - nodeAt));
      chunkAt = nodeAt;
    }
    const key = chunk.readBigUInt64LE(nodeAt - chunkAt);
    if (key !== removedKey) {
      entries[present * 2] = decodeOne(Number(key));
      entries[present * 2 + 1] = slot;
      present++;
    }
    nodeAt += nodeHeadBytes + onBase + levels.readInt16LE(slot * 2) * perLevel;
  }
  return { end: nodeAt, rowBytes, slots: createSlotTable(entries.subarray(0, present * 2)) };
}

/** Vectors of these slots as usearch keeps them, in the order of the slots: neighbours are read together. */
export async function readVectors(
  file: FileHandle,
  { rowBytes }: FileLayout,
  slots: readonly number[],
  dimensions: number,
  quantization: Quantization,
): Promise<Float32Array> {
  const data = new Float32Array(slots.length * dimensions); // [slots, dimensions]
  const order = Array.from(slots.keys()).sort((a, b) => slots[a]! - slots[b]!);
  for (let from = 0; from < order.length; ) {
    const first = slots[order[from]!]!;
    let to = from + 1;
    while (to < order.length && slots[order[to]!]! - first < 256) to++;
    const last = slots[order[to - 1]!]!;
    const bytes = await readAt(file, 8 + first * rowBytes, (last - first + 1) * rowBytes);
    for (; from < to; from++) {
      const row = order[from]!;
      const target = data.subarray(row * dimensions, (row + 1) * dimensions);
      decode(bytes, (slots[row]! - first) * rowBytes, target, quantization);
    }
  }
  return data;
}

export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('The file is shorter than it says.');
    done += bytesRead;
  }
  return bytes;
}

function decode(bytes: Buffer, at: number, target: Float32Array, quantization: Quantization): void {
  for (let d = 0; d < target.length; d++) {
    if (quantization === 'f32') target[d] = bytes.readFloatLE(at + 4 * d);
    else if (quantization === 'f16') target[d] = halfToNumber(bytes.readUInt16LE(at + 2 * d));
    else target[d] = bytes.readInt8(at + d);
  }
  // The length is lost in `i8`, which takes unit vectors only.
  const norm = quantization === 'i8' ? Math.hypot(...target) : 0;
  if (norm > 0) for (let d = 0; d < target.length; d++) target[d]! /= norm;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
