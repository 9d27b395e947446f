import { encodeFloat16, type WeightTensor } from '@referent/tensor-ops';
import { encodeEightBitRows } from './eight-bit-rows.js';
import { scalesOf } from './safetensors.js';

/** How a tensor's numbers are stored: 4, 2, or 1 byte each (and 4 for each row of a matrix). */
export type StoredFormat = 'float32' | 'float16' | 'eight-bit-rows';

export interface WriteSafetensorsOptions {
  /** Free text about the file, kept in its header. @default none */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only matrices can be stored as 8-bit rows; what else is asked to be becomes float16. @default float32 for all */
  readonly format?: (name: string, tensor: WeightTensor) => StoredFormat;
}

interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

/** A safetensors file of the tensors, widest numbers first so that all are aligned, else in the order of `tensors`. */
export function writeSafetensors(
  tensors: Readonly<Record<string, WeightTensor>>,
  { metadata, format = () => 'float32' }: WriteSafetensorsOptions = {},
): Uint8Array {
  const stored = Object.entries(tensors).flatMap(([name, tensor]) => store(name, tensor, format(name, tensor)));
  const width = { F32: 0, F16: 1, I8: 2 } as Record<string, number>;
  stored.sort((a, b) => width[a.dtype]! - width[b.dtype]!);

  let position = 0;
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  for (const { name, dtype, shape, data } of stored) {
    header[name] = { dtype, shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces at the header's end bring the tensors to an address that is a multiple of 8.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + position).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  let at = 8 + headerLength;
  for (const { data } of stored) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function store(name: string, { shape, data }: WeightTensor, format: StoredFormat): StoredTensor[] {
  if (format === 'float32') return [{ name, dtype: 'F32', shape, data }];
  const [rows] = shape;
  if (format === 'float16' || shape.length !== 2 || rows === undefined) {
    return [{ name, dtype: 'F16', shape, data: encodeFloat16(data) }];
  }
  const { codes, scales } = encodeEightBitRows(data, rows);
  return [
    { name, dtype: 'I8', shape, data: codes },
    { name: scalesOf(name), dtype: 'F32', shape: [rows], data: scales },
  ];
}
