import { describe, expect, it } from 'vitest';
import { layeredWeights } from './layered-weights.js';
import { readSafetensors } from './safetensors.js';
import { writeSafetensors } from './write-safetensors.js';

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

function fileOf(header: Header | string, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const sample = {
  'bert.a': { shape: [2, 2], data: Float32Array.of(1, -2.5, 3, 4) },
  b: { shape: [3], data: Float32Array.of(0.1, 0.2, 0.3) },
  none: { shape: [0, 4], data: new Float32Array(0) },
};

function codeOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
}

describe('readSafetensors', () => {
  it('gives back what was written', () => {
    const weights = readSafetensors(writeSafetensors(sample, { metadata: { made: 'here' } }));
    expect(weights.names).toEqual(['bert.a', 'b', 'none']);
    for (const [name, { shape, data }] of Object.entries(sample)) {
      expect(weights.get(name).shape).toEqual(shape);
      expect(weights.get(name).data).toEqual(data);
    }
  });

  it('stores float16, and matrices as 8-bit rows', () => {
    const matrix = Float32Array.from({ length: 64 * 48 }, (_, i) => Math.sin(i) * (1 + (i % 7)));
    matrix.fill(0, 0, 48);
    const tensors = { m: { shape: [64, 48], data: matrix }, v: { shape: [3], data: Float32Array.of(1, 0.5, -3) } };
    const halves = readSafetensors(writeSafetensors(tensors, { format: () => 'float16' }));
    const bytes = readSafetensors(writeSafetensors(tensors, { format: () => 'eight-bit-rows' }));
    expect([...bytes.names].sort()).toEqual(['m', 'v']);
    expect(bytes.get('m').shape).toEqual([64, 48]);
    expect(bytes.get('v').data).toEqual(tensors.v.data);
    const [ofHalves, ofBytes] = [halves.get('m').data, bytes.get('m').data];
    for (let row = 0; row < 64; row++) {
      const largest = Math.max(...matrix.subarray(row * 48, row * 48 + 48).map(Math.abs));
      for (let i = row * 48; i < row * 48 + 48; i++) {
        expect(Math.abs(ofBytes[i]! - matrix[i]!)).toBeLessThanOrEqual((largest / 254) * 1.0001);
        expect(Math.abs(ofHalves[i]! - matrix[i]!)).toBeLessThanOrEqual(Math.abs(matrix[i]!) / 2047);
      }
    }
    const size = (format: 'float32' | 'eight-bit-rows') => writeSafetensors(tensors, { format: () => format }).length;
    expect(size('eight-bit-rows')).toBeLessThan(size('float32') / 3);
  });

  it('refuses scales that do not belong to the rows', () => {
    const header: Header = {
      m: { dtype: 'I8', shape: [2, 2], data_offsets: [4, 8] },
      'm.scales': { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    };
    expect(codeOf(fileOf(header, new Uint8Array(8)))).toBe('WEIGHTS_CORRUPT');
  });

  it('layers weights over others', () => {
    const base = readSafetensors(writeSafetensors(sample));
    const own = readSafetensors(writeSafetensors({ b: { shape: [1], data: Float32Array.of(7) } }));
    const layered = layeredWeights(own, base);
    expect(layered.get('b').data).toEqual(Float32Array.of(7));
    expect(layered.get('bert.a').data).toEqual(sample['bert.a'].data);
    expect([layered.has('bert.a'), layered.has('c')]).toEqual([true, false]);
    expect(() => layered.get('c')).toThrow(expect.objectContaining({ code: 'WEIGHTS_MISSING' }));
    expect(layered.fingerprint).not.toBe(own.fingerprint);
  });

  it('knows prefixed names without their prefix, and the others as they are', () => {
    const weights = readSafetensors(writeSafetensors(sample), { prefix: 'bert.' });
    expect([weights.has('a'), weights.has('bert.a'), weights.has('b'), weights.has('c')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(weights.get('a').data).toEqual(sample['bert.a'].data);
  });

  it('reads from any address', () => {
    const file = writeSafetensors(sample);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(readSafetensors(shifted.subarray(3)).get('b').data).toEqual(sample.b.data);
  });

  it('reads float16 and bfloat16, and leaves integer buffers out', () => {
    const data = Uint8Array.of(0x00, 0x3c, 0x00, 0xc1, 0x80, 0x3f, 0x20, 0xc0, ...new Uint8Array(8));
    const header: Header = {
      half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [4, 8] },
      position_ids: { dtype: 'I64', shape: [1], data_offsets: [8, 16] },
    };
    const weights = readSafetensors(fileOf(header, data));
    expect([...weights.get('half').data]).toEqual([1, -2.5]);
    expect([...weights.get('brain').data]).toEqual([1, -2.5]);
    expect(weights.names).toEqual(['half', 'brain']);
  });

  it('names what exists when a weight does not', () => {
    const weights = readSafetensors(writeSafetensors(sample), { prefix: 'bert.' });
    expect(() => weights.get('c')).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_MISSING', message: expect.stringContaining('bert.a, b') }),
    );
  });

  it('has a fingerprint that follows the bytes and the prefix', () => {
    const file = writeSafetensors(sample);
    const changed = writeSafetensors({ ...sample, b: { shape: [3], data: Float32Array.of(0.1, 0.2, 0.30000004) } });
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    const fingerprint = readSafetensors(file).fingerprint;
    expect(readSafetensors(file.slice()).fingerprint).toBe(fingerprint);
    expect(readSafetensors(shifted.subarray(1)).fingerprint).toBe(fingerprint);
    expect(readSafetensors(changed).fingerprint).not.toBe(fingerprint);
    expect(readSafetensors(file, { prefix: 'bert.' }).fingerprint).not.toBe(fingerprint);
    expect(readSafetensors(file, { fingerprint: 'known' }).fingerprint).toBe('known');
  });

  const at = (dtype: string, shape: number[], begin: number, end: number): Header => ({
    x: { dtype, shape, data_offsets: [begin, end] },
  });
  const data = new Uint8Array(16);
  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a header beyond the end', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123, 125)],
    ['a header of absurd length', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123, 125)],
    ['a header that is not JSON', fileOf('{"x":', data)],
    ['a header that is not UTF-8', fileOf({}, data).map((byte, i) => (i === 8 ? 0xff : byte))],
    ['a header that is a list', fileOf('[]', data)],
    ['an entry without offsets', fileOf('{"x":{"dtype":"F32","shape":[1]}}', data)],
    ['a negative length', fileOf(at('F32', [-1], 0, 4), data)],
    ['offsets beyond the data', fileOf(at('F32', [5], 0, 20), data)],
    ['offsets in the wrong order', fileOf(at('F32', [1], 8, 4), data)],
    ['a shape that does not fit', fileOf(at('F32', [3], 0, 16), data)],
    [
      'overlapping tensors',
      fileOf({ ...at('F32', [2], 0, 8), y: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }, data),
    ],
    ['a file cut off', writeSafetensors(sample).subarray(0, -1)],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(bytes)).toBe('WEIGHTS_CORRUPT');
  });

  it.each(['F64', 'F8_E4M3', 'Q4_0'])('refuses the type %s by name', (dtype) => {
    expect(codeOf(fileOf(at(dtype, [2], 0, dtype === 'F64' ? 16 : 2), data))).toBe('WEIGHTS_UNKNOWN_TYPE');
  });
});
