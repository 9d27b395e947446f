/** The safetensors format: u64 header length, JSON header, tensors. https://github.com/huggingface/safetensors#format */
import { ReferentError } from '@referent/core';
import { decodeBfloat16, decodeFloat16, type WeightSource, type WeightTensor } from '@referent/tensor-ops';
import { contentHash } from './content-hash.js';
import { decodeEightBitRows } from './eight-bit-rows.js';

export interface SafetensorsOptions {
  /** Names that begin with it are also known without it: "bert.", "context_encoder.bert_model.". @default '' */
  readonly prefix?: string;
  /** Known hash of the bytes, where there is one. @default computed from the bytes when first asked for */
  readonly fingerprint?: string;
}

/** A weight source that also knows its names. */
export interface NamedWeights extends WeightSource {
  /** The names of the file, prefix included, in its order. Only tensors of floating-point numbers. */
  readonly names: readonly string[];
}

const elementBytes: Readonly<Record<string, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
};
const floatTypes = new Set(['F32', 'F16', 'BF16']);
/** Buffers such as BERT's position_ids: not weights, and left out. */
const integerTypes = /^([IU]\d+|BOOL)$/;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** An I8 matrix is a weight where a float32 tensor of this name gives each row's scale. */
export const scalesOf = (name: string) => `${name}.scales`;

/**
 * Weights in a safetensors file's bytes, which are kept and must not change. float32 tensors are views of them where
 * they are aligned; float16, bfloat16 and 8-bit rows are converted each time `data` is read.
 * @throws `WEIGHTS_CORRUPT` the file is cut off, or its header contradicts itself
 * @throws `WEIGHTS_UNKNOWN_TYPE` a tensor has a type other than float32, float16, bfloat16 or an integer; integers without
 * scales are no weights and left out
 * @throws `WEIGHTS_MISSING` (from `get`) no such weight
 */
export function readSafetensors(
  bytes: Uint8Array,
  { prefix = '', fingerprint }: SafetensorsOptions = {},
): NamedWeights {
  const { entries, start, scales } = readHeader(bytes);
  let hash = fingerprint;
  const find = (name: string) => entries.get(prefix + name) ?? entries.get(name);
  return {
    names: [...entries.keys()],
    get fingerprint() {
      hash ??= contentHash(bytes);
      return `${hash} ${prefix}`.trim();
    },
    has: (name) => find(name) !== undefined,
    get(name) {
      const entry = find(name);
      if (!entry) throw missing(name, prefix, [...entries.keys()]);
      const rowScales = scales.get(entry);
      return rowScales ? eightBitTensor(bytes, start, entry, rowScales) : tensorOf(bytes, start, entry);
    },
  };
}

function eightBitTensor(bytes: Uint8Array, start: number, { shape, begin, end }: Entry, scales: Entry): WeightTensor {
  return {
    shape,
    get data() {
      const codes = new Int8Array(bytes.buffer, bytes.byteOffset + start + begin, end - begin);
      return decodeEightBitRows({ codes, scales: tensorOf(bytes, start, scales).data });
    },
  };
}

function tensorOf(bytes: Uint8Array, start: number, { dtype, shape, begin, end }: Entry): WeightTensor {
  return {
    shape,
    get data() {
      const from = bytes.byteOffset + start + begin;
      const width = elementBytes[dtype]!;
      const count = (end - begin) / width;
      const aligned = from % width === 0;
      const buffer = aligned ? bytes.buffer : bytes.slice(start + begin, start + end).buffer;
      const offset = aligned ? from : 0;
      if (dtype === 'F32') return new Float32Array(buffer, offset, count);
      const halves = new Uint16Array(buffer, offset, count);
      return dtype === 'F16' ? decodeFloat16(halves) : decodeBfloat16(halves);
    },
  };
}

interface Header {
  readonly entries: Map<string, Entry>;
  /** Of the entries that are 8-bit rows. */
  readonly scales: Map<Entry, Entry>;
  readonly start: number;
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < 8) throw corrupt(`it has ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + length;
  if (start > bytes.length) throw corrupt(`its header should end at byte ${start}, and the file at ${bytes.length}`);
  const dataLength = bytes.length - start;
  const header = parseHeader(bytes.subarray(8, start));
  const ranges: { name: string; begin: number; end: number }[] = [];
  const entries = new Map<string, Entry>();
  const eightBit = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = checkEntry(name, value, dataLength);
    ranges.push({ name, begin: entry.begin, end: entry.end });
    if (floatTypes.has(entry.dtype)) entries.set(name, entry);
    else if (entry.dtype === 'I8') eightBit.set(name, entry);
    else if (!integerTypes.test(entry.dtype)) throw unknownType(name, entry.dtype);
  }
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const [i, range] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before && range.begin < before.end) throw corrupt(`${before.name} and ${range.name} overlap`);
  }
  const scales = new Map<Entry, Entry>();
  for (const [name, entry] of eightBit) {
    const own = entries.get(scalesOf(name));
    if (!own) continue;
    if (own.dtype !== 'F32' || own.shape.length !== 1 || own.shape[0] !== entry.shape[0]) {
      throw corrupt(
        `${scalesOf(name)} is ${own.dtype} [${own.shape}], not a float32 scale for each of ${entry.shape[0]} rows`,
      );
    }
    entries.delete(scalesOf(name));
    entries.set(name, entry);
    scales.set(entry, own);
  }
  return { entries, start, scales };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch (cause) {
    throw corrupt('its header is not JSON', cause);
  }
  throw corrupt('its header is not a JSON object');
}

function checkEntry(name: string, value: unknown, dataLength: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw corrupt(`the header's entry for ${name} lacks a dtype, a shape or two offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength) {
    throw corrupt(`${name} should lie at bytes ${begin} to ${end} of ${dataLength}: the file may be cut off`);
  }
  const width = elementBytes[dtype];
  if (width === undefined) throw unknownType(name, dtype);
  const expected = shape.reduce((product, size) => product * size, width);
  if (expected !== end - begin) {
    throw corrupt(`${name} is ${dtype} [${shape}], which needs ${expected} bytes, and has ${end - begin}`);
  }
  return { dtype, shape, begin, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function corrupt(why: string, cause?: unknown): ReferentError {
  return new ReferentError('WEIGHTS_CORRUPT', {
    what: 'The weights are not a whole safetensors file.',
    why: `${why}.`,
    fix: 'Fetch or copy the file again.',
    cause,
  });
}

function unknownType(name: string, dtype: string): ReferentError {
  return new ReferentError('WEIGHTS_UNKNOWN_TYPE', {
    what: `The weight ${name} has the type ${dtype}.`,
    why: 'Only F32, F16 and BF16 can be read.',
    fix: 'Save the model in one of these.',
    details: { name, dtype },
  });
}

function missing(name: string, prefix: string, names: readonly string[]): ReferentError {
  const some = names.slice(0, 5).join(', ');
  return new ReferentError('WEIGHTS_MISSING', {
    what: `There is no weight ${prefix}${name}.`,
    why:
      names.length > 0
        ? `The file has ${names.length}: ${some}${names.length > 5 ? ', …' : ''}.`
        : 'The file has none.',
    fix: 'Check that the weights and the configuration belong together, and the prefix.',
    details: { name, prefix, names },
  });
}
