import type { TorchDtype, TorchTensor } from './types.js';

interface DtypeFacts {
  /** Bytes of a number. */
  readonly width: 1 | 2 | 4 | 8;
  /** Its class in `torch` and `torch.storage`. */
  readonly storage: string;
  /** Its name in safetensors. */
  readonly safetensors: string;
  readonly array: (buffer: ArrayBuffer) => TorchTensor['data'];
}

/** Files are little-endian, and so is every machine that runs JavaScript engines today. */
export const dtypes: Readonly<Record<TorchDtype, DtypeFacts>> = {
  float64: { width: 8, storage: 'DoubleStorage', safetensors: 'F64', array: (it) => new Float64Array(it) },
  float32: { width: 4, storage: 'FloatStorage', safetensors: 'F32', array: (it) => new Float32Array(it) },
  float16: { width: 2, storage: 'HalfStorage', safetensors: 'F16', array: (it) => new Uint16Array(it) },
  bfloat16: { width: 2, storage: 'BFloat16Storage', safetensors: 'BF16', array: (it) => new Uint16Array(it) },
  int64: { width: 8, storage: 'LongStorage', safetensors: 'I64', array: (it) => new BigInt64Array(it) },
  int32: { width: 4, storage: 'IntStorage', safetensors: 'I32', array: (it) => new Int32Array(it) },
  int16: { width: 2, storage: 'ShortStorage', safetensors: 'I16', array: (it) => new Int16Array(it) },
  int8: { width: 1, storage: 'CharStorage', safetensors: 'I8', array: (it) => new Int8Array(it) },
  uint8: { width: 1, storage: 'ByteStorage', safetensors: 'U8', array: (it) => new Uint8Array(it) },
  bool: { width: 1, storage: 'BoolStorage', safetensors: 'BOOL', array: (it) => new Uint8Array(it) },
};

export function isTorchDtype(name: string): name is TorchDtype {
  return Object.hasOwn(dtypes, name);
}

/** `torch.FloatStorage` holds float32; an untyped storage counts bytes. */
export const dtypeOfStorage: ReadonlyMap<string, TorchDtype> = new Map([
  ...Object.entries(dtypes).map(([dtype, { storage }]) => [storage, dtype as TorchDtype] as const),
  ['UntypedStorage', 'uint8'],
]);

/** Numbers of any type as float32. */
export function toFloat32(dtype: TorchDtype, buffer: ArrayBuffer): Float32Array {
  const data = dtypes[dtype].array(buffer);
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array) return Float32Array.from(data, Number);
  if (dtype === 'bfloat16') return fromBfloat16(data as Uint16Array);
  if (dtype === 'float16') return fromFloat16(data as Uint16Array);
  return Float32Array.from(data);
}

function fromBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

function fromFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = float16Value(bits[i]!);
  return values;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function float16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Below the smallest exponent there is no hidden one.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
