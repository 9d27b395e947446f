import type { WeightTensor } from '@referent/tensor-ops';

export interface WriteSafetensorsOptions {
  /** Free text about the file, kept in its header. @default none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A safetensors file of float32 tensors, in the order of `tensors`. */
export function writeSafetensors(
  tensors: Readonly<Record<string, WeightTensor>>,
  { metadata }: WriteSafetensorsOptions = {},
): Uint8Array {
  let position = 0;
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces at the header's end bring the tensors to an address that is a multiple of 8.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + position).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  let at = 8 + headerLength;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
