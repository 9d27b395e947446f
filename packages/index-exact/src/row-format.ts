import { ReferentError } from '@referent/core';

/** How a value is kept: 4, 2 and 1 byte. `i8` keeps one scale more per vector. */
export type RowFormat = 'f32' | 'f16' | 'i8';

export const rowFormats: readonly RowFormat[] = ['f32', 'f16', 'i8'];

export type RowValues = Float32Array | Uint16Array | Int8Array;

/** Rows of one format: `values[row, d] * scales[row]`. */
export interface RowCodec {
  readonly format: RowFormat;
  readonly valueBytes: number;
  readonly hasScales: boolean;
  allocate(length: number): RowValues;
  /** The values of a file's bytes, which must begin where the format may. */
  view(bytes: ArrayBuffer, byteOffset: number, length: number): RowValues;
  /** Writes one vector to `target` at `at` and returns its scale. */
  encode(vector: Float32Array, target: RowValues, at: number): number;
  /** `length` values from `from` on, as numbers. */
  decode(values: RowValues, from: number, length: number, scale: number, target: Float32Array, at: number): void;
}

export const rowCodecs: Readonly<Record<RowFormat, RowCodec>> = {
  f32: {
    format: 'f32',
    valueBytes: 4,
    hasScales: false,
    allocate: (length) => new Float32Array(length),
    view: (bytes, at, length) => new Float32Array(bytes, at, length),
    encode(vector, target, at) {
      target.set(vector, at);
      return 1;
    },
    decode: (values, from, length, _, target, at) => target.set(values.subarray(from, from + length), at),
  },
  f16: {
    format: 'f16',
    valueBytes: 2,
    hasScales: false,
    allocate: (length) => new Uint16Array(length),
    view: (bytes, at, length) => new Uint16Array(bytes, at, length),
    encode(vector, target, at) {
      for (let d = 0; d < vector.length; d++) target[at + d] = halfOf(vector[d]!);
      return 1;
    },
    decode(values, from, length, _, target, at) {
      halves ??= Float32Array.from({ length: 65536 }, (_, bits) => numberOf(bits));
      for (let d = 0; d < length; d++) target[at + d] = halves[values[from + d]!]!;
    },
  },
  i8: {
    format: 'i8',
    valueBytes: 1,
    hasScales: true,
    allocate: (length) => new Int8Array(length),
    view: (bytes, at, length) => new Int8Array(bytes, at, length),
    encode(vector, target, at) {
      let largest = 0;
      for (let d = 0; d < vector.length; d++) largest = Math.max(largest, Math.abs(vector[d]!));
      const scale = Math.fround(largest / 127);
      // A vector of the very smallest numbers has no scale: it becomes zero.
      for (let d = 0; d < vector.length; d++) target[at + d] = scale > 0 ? Math.round(vector[d]! / scale) : 0;
      return scale;
    },
    decode(values, from, length, scale, target, at) {
      for (let d = 0; d < length; d++) target[at + d] = values[from + d]! * scale;
    },
  },
};

/** Of every half-precision number its value, made when the first is read. */
let halves: Float32Array | undefined;
const largestHalf = 65504;

/** @throws `INDEX_NOT_QUANTIZABLE` a value that the format cannot hold */
export function assertEncodable(name: string, data: Float32Array, dimensions: number, format: RowFormat): void {
  if (format !== 'f16') return;
  const at = data.findIndex((value) => Math.abs(value) > largestHalf);
  if (at < 0) return;
  const row = Math.floor(at / dimensions);
  throw new ReferentError('INDEX_NOT_QUANTIZABLE', {
    what: `${name}: vector ${row} cannot be kept as f16.`,
    why: `It has a value of ${data[at]}; the largest that fits is ${largestHalf}.`,
    fix: 'Use the format f32 or i8, or scale the vectors.',
    details: { row, quantization: format },
  });
}

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

/** The nearest half-precision number (IEEE 754 binary16), ties to even. */
function halfOf(value: number): number {
  asFloat[0] = value;
  const bits = asBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112; // 127 - 15
  const fraction = bits & 0x7fffff;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const shift = 14 - exponent;
    return sign | roundedShift(fraction | 0x800000, shift);
  }
  return sign | Math.min(roundedShift((exponent << 23) | fraction, 13), 0x7bff);
}

function roundedShift(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + Number(rest > half || (rest === half && (kept & 1) === 1));
}

function numberOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
