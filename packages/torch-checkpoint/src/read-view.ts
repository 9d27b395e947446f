import { ReferentError, type WorkOptions } from '@referent/core';
import { countOf, type View } from './pickle/check-view.js';
import type { ByteSource } from './types.js';

/** Where a tensor's numbers are. */
export interface Region {
  readonly source: ByteSource;
  /** Byte at which its storage begins. */
  readonly start: number;
  /** Bytes of a number. */
  readonly width: number;
  readonly view: View;
}

export interface ReadOptions extends WorkOptions {
  /** Bytes per read; a multiple of every number's width. @default 4 MiB */
  readonly pieceBytes?: number;
}

const defaultPieceBytes = 4 * 2 ** 20;

/** A dimension after merging: how many steps, and how far one goes in the file and in the result. In units. */
interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly out: number;
}

/**
 * All numbers of a region in row-major order. Beside the result, one piece is in memory.
 * @throws `TORCH_TENSOR_TOO_LARGE` the memory does not have room for it
 */
export async function readRegion(region: Region, options: ReadOptions = {}): Promise<ArrayBuffer> {
  const { view, width } = region;
  const result = allocate(countOf(view.shape) * width);
  if (result.byteLength === 0) return result;
  const unit = Math.min(width, 4) as 1 | 2 | 4;
  const axes = axesOf(view, width / unit);
  if (isContiguous(axes)) {
    const target = new Uint8Array(result);
    let position = 0;
    for await (const piece of readPieces(region, options)) {
      target.set(piece, position);
      position += piece.length;
    }
    return result;
  }
  const origin = region.start + view.offset * width;
  const source = async (from: number, count: number) => {
    options.signal?.throwIfAborted();
    return unitsOf(await region.source.read(origin + from * unit, count * unit), unit);
  };
  await gather(
    { source, target: unitsOf(new Uint8Array(result), unit), budget: (options.pieceBytes ?? defaultPieceBytes) / unit },
    axes,
    0,
    0,
  );
  return result;
}

/** The same in pieces. A region whose numbers do not lie in order comes as one. */
export async function* readPieces(region: Region, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
  const { source, start, width, view } = region;
  const { pieceBytes = defaultPieceBytes, signal, onProgress } = options;
  const length = countOf(view.shape) * width;
  if (length > 0 && !isContiguous(axesOf(view, 1))) {
    yield new Uint8Array(await readRegion(region, options));
    return;
  }
  const origin = start + view.offset * width;
  for (let position = 0; position < length; position += pieceBytes) {
    signal?.throwIfAborted();
    yield await source.read(origin + position, Math.min(pieceBytes, length - position));
    onProgress?.({ step: 'read', done: Math.min(position + pieceBytes, length), total: length, unit: 'bytes' });
  }
}

function allocate(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new ReferentError('TORCH_TENSOR_TOO_LARGE', {
      what: `A tensor of ${bytes} bytes does not fit into memory.`,
      fix: 'Read it by rows.',
      details: { bytes },
      cause,
    });
  }
}

/**
 * The dimensions with the longest steps in the file first. Those of one step are left out, and neighbours that lie one
 * behind the other are one. A number of 8 bytes is a dimension of two units: copied as a float, its bits could change.
 */
function axesOf({ shape, strides }: View, unitsPerNumber: number): Axis[] {
  const axes: Axis[] = [];
  const add = (size: number, stride: number, out: number) => {
    const before = axes.at(-1);
    if (size === 1) return;
    if (before && before.stride === size * stride) axes[axes.length - 1] = { size: before.size * size, stride, out };
    else axes.push({ size, stride, out });
  };
  let rest = countOf(shape) * unitsPerNumber;
  for (const [i, size] of shape.entries()) {
    rest /= size;
    add(size, strides[i]! * unitsPerNumber, rest);
  }
  add(unitsPerNumber, 1, 1);
  return axes.sort((a, b) => b.stride - a.stride);
}

function isContiguous(axes: readonly Axis[]): boolean {
  return axes.length === 0 || (axes.length === 1 && axes[0]!.stride === 1);
}

type Units = Uint8Array | Uint16Array | Uint32Array;

interface Gathering {
  source(from: number, count: number): Promise<Units>;
  readonly target: Units;
  /** Units that one read may have. */
  readonly budget: number;
}

/** Reads each part of the file once, in the file's order, as much at a time as the budget allows, and puts it in its places. */
async function gather(work: Gathering, axes: readonly Axis[], from: number, to: number): Promise<void> {
  const [axis, ...inner] = axes as [Axis, ...Axis[]];
  const innerSpan = inner.reduce((span, { size, stride }) => span + (size - 1) * stride, 1);
  if (innerSpan > work.budget) {
    for (let i = 0; i < axis.size; i++) await gather(work, inner, from + i * axis.stride, to + i * axis.out);
    return;
  }
  const fitting = axis.stride === 0 ? axis.size : Math.floor((work.budget - innerSpan) / axis.stride) + 1;
  for (let i = 0; i < axis.size; i += fitting) {
    const size = Math.min(fitting, axis.size - i);
    const units = await work.source(from + i * axis.stride, (size - 1) * axis.stride + innerSpan);
    scatter(units, 0, work.target, to + i * axis.out, [{ ...axis, size }, ...inner], 0);
  }
}

function scatter(source: Units, from: number, target: Units, to: number, axes: readonly Axis[], level: number): void {
  const { size, stride, out } = axes[level]!;
  if (level < axes.length - 1) {
    for (let i = 0; i < size; i++) scatter(source, from + i * stride, target, to + i * out, axes, level + 1);
  } else if (stride === 1 && out === 1) {
    target.set(source.subarray(from, from + size), to);
  } else {
    for (let i = 0; i < size; i++) target[to + i * out] = source[from + i * stride]!;
  }
}

function unitsOf(bytes: Uint8Array, unit: 1 | 2 | 4): Units {
  const { buffer, byteOffset, length } = bytes.byteOffset % unit === 0 ? bytes : new Uint8Array(bytes);
  if (unit === 1) return new Uint8Array(buffer, byteOffset, length);
  return unit === 2 ? new Uint16Array(buffer, byteOffset, length / 2) : new Uint32Array(buffer, byteOffset, length / 4);
}
