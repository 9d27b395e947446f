import { readFileSync } from 'node:fs';
import { isReferentError } from '@referent/core';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  global,
  legacyFile,
  type Part,
  protocol,
  tensor,
  text,
  type ZipPart,
  zipFile,
} from '../test/support/pickles.js';
import { bytesSource } from './byte-source.js';
import { openTorchCheckpoint } from './checkpoint.js';
import { checkRowCount } from './errors.js';
import { safetensorsChunks } from './safetensors.js';
import type { ByteSource } from './types.js';

function golden(name: string): Uint8Array {
  return readFileSync(new URL(`../test/goldens/${name}.bin`, import.meta.url));
}

const open = (bytes: Uint8Array, stateDict?: string) =>
  openTorchCheckpoint(bytesSource(bytes, 'x.bin'), stateDict === undefined ? {} : { stateDict });

const pickle = (...parts: readonly Part[]) => bytesOf(protocol, ...parts, '.');
const numbers = { key: '0', data: Float32Array.of(1.5, -2) };
const weights = pickle('}', text('weight'), tensor(), 's');
const storage: ZipPart = { name: 'x/data/0', data: new Uint8Array(numbers.data.buffer) };
const zipOf = (...parts: readonly ZipPart[]) => zipFile([{ name: 'x/data.pkl', data: weights }, ...parts]);

describe('openTorchCheckpoint', () => {
  it('reads what the tests themselves write', async () => {
    for (const file of [legacyFile(weights, [numbers]), zipOf(storage)]) {
      expect(await (await open(file)).float32('weight')).toEqual(numbers.data);
    }
  });

  it('knows a storage that is a part of another, as PyTorch before 1.0 wrote them', async () => {
    const view = bytesOf('(', text('part'), 'K\x03K\x02t');
    const object = pickle('}', text('weight'), tensor({ count: 'K\x06', view }), 's');
    const checkpoint = await open(legacyFile(object, [{ key: '0', data: Float32Array.of(0, 1, 2, 3, 4, 5) }]));
    expect(await checkpoint.float32('weight')).toEqual(Float32Array.of(3, 4));
  });

  it.each(['state-dict.zip', 'state-dict.legacy', 'plain.zip', 'plain.legacy'])(
    'knows %s cut off anywhere',
    async (name) => {
      const whole = golden(name);
      for (let length = 16; length < whole.length; length += length < 600 || whole.length - length < 200 ? 1 : 97) {
        await expect(open(whole.subarray(0, length)), `${length}`).rejects.toMatchObject({
          code: 'TORCH_TRUNCATED',
          details: { file: 'x.bin', found: length },
        });
      }
    },
  );

  it('says how long a cut file should have been', async () => {
    const legacy = golden('plain.legacy');
    const details = { expected: legacy.length, found: legacy.length - 9 };
    const message = expect.stringContaining(`${legacy.length - 9} bytes and should have ${legacy.length}`);
    await expect(open(legacy.subarray(0, -9))).rejects.toMatchObject({ details, message });
    await expect(open(golden('plain.zip').subarray(0, -9))).rejects.toMatchObject({
      message: expect.stringMatching(/should have at least \d+\./),
    });
  });

  it.each([
    ['', 'is empty'],
    ['version https://git-lfs.github.com/spec/v1\n', 'Git LFS'],
    ['\n<!DOCTYPE html><html>', 'web page'],
    ['\x10\0\0\0\0\0\0\0{"a":{"dtype"', 'safetensors'],
    ['\x89HDF\r\n', 'HDF5'],
    ['\x93NUMPY', 'NumPy'],
    ['\x1f\x8b\x08', 'gzip'],
    ['\x80\x04\x95', 'pickle that torch.save did not write'],
    ['something else', 'like none'],
  ])('knows a file that is none: %j', async (start, words) => {
    const error = { code: 'TORCH_FOREIGN_FILE', message: expect.stringContaining(words) };
    await expect(open(bytesOf(start))).rejects.toMatchObject(error);
  });

  const deflated: ZipPart = { ...storage, method: 8 };
  it.each([
    [
      'a zip file of other things',
      zipFile([{ name: 'word/document.xml', data: weights }]),
      'TORCH_FOREIGN_FILE',
      'data.pkl',
    ],
    ['a storage that is not in the zip file', zipOf(), 'TORCH_MISSING_STORAGE', 'storage 0'],
    ['a storage that is not in the list', legacyFile(weights), 'TORCH_MISSING_STORAGE', 'storage 0'],
    ['a storage without a tensor', legacyFile(pickle('}'), [numbers]), 'TORCH_CORRUPT', 'storage 0'],
    ['a storage listed twice', legacyFile(weights, [numbers, numbers]), 'TORCH_CORRUPT', 'twice'],
    [
      'a storage of another length',
      legacyFile(weights, [{ key: '0', data: Float32Array.of(1, 2, 3) }]),
      'TORCH_CORRUPT',
      'has 3 numbers and should have 2',
    ],
    [
      'a storage that is too short',
      zipOf({ ...storage, data: new Uint8Array(7) }),
      'TORCH_CORRUPT',
      '7 bytes and should have 8',
    ],
    ['an entry that is compressed', zipOf(deflated), 'TORCH_UNSUPPORTED_FILE', 'compressed'],
    ['an entry that is named twice', zipOf(storage, storage), 'TORCH_CORRUPT', 'twice'],
    [
      'a TorchScript program',
      zipOf(storage, { name: 'x/constants.pkl', data: weights }),
      'TORCH_UNSUPPORTED_FILE',
      'TorchScript',
    ],
    [
      'another byte order',
      zipOf(storage, { name: 'x/byteorder', data: bytesOf('big') }),
      'TORCH_UNSUPPORTED_FILE',
      'big-endian',
    ],
    [
      'a pickle without an end',
      zipFile([{ name: 'x/data.pkl', data: weights.subarray(0, -1) }]),
      'TORCH_CORRUPT',
      'does not end',
    ],
    ['nothing', legacyFile(pickle('N')), 'TORCH_NO_STATE_DICT', 'no tensors'],
    ['only settings', legacyFile(pickle('}', text('lr'), 'K\x01s')), 'TORCH_NO_STATE_DICT', 'no tensors'],
    [
      'two models',
      legacyFile(pickle('}(', text('a'), '}', text('w'), tensor(), 's', text('b'), '}', text('w'), tensor(), 'su'), [
        numbers,
      ]),
      'TORCH_AMBIGUOUS_STATE_DICT',
      'a, b',
    ],
    [
      'a command',
      legacyFile(pickle(global('posix', 'system'), text('echo no'), '\x85R')),
      'TORCH_REFUSED_GLOBAL',
      'posix.system',
    ],
  ])('refuses %s', async (_, file, code, words) => {
    await expect(open(file)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('refuses another protocol', async () => {
    const file = legacyFile(weights, [numbers]);
    file[18] = 0; // 1001 is the little-endian number at 18
    await expect(open(file)).rejects.toMatchObject({
      code: 'TORCH_UNSUPPORTED_FILE',
      message: expect.stringContaining('1001'),
    });
  });

  it('refuses a table of contents that lies', async () => {
    const whole = zipOf(storage);
    const end = whole.length - 22;
    for (let at = 0; at < 22; at++) {
      const file = whole.slice();
      file[end + at]! ^= 0xff;
      // What says how many entries there are is not needed, nor what names other disks.
      if (at >= 4 && at < 12) await open(file);
      else if (at < 20)
        await expect(open(file), `${at}`).rejects.toMatchObject({ code: expect.stringMatching(/^TORCH_/) });
    }
  });

  it.each(['plain.zip', 'plain.legacy', 'worlds.zip', 'worlds.legacy'])(
    'meets any wrong byte of %s with an error of its own',
    async (name) => {
      const whole = golden(name);
      for (let at = 0; at < whole.length; at++) {
        for (const wrong of [whole[at]! ^ 0xff, whole[at]! ^ 1]) {
          const file = Uint8Array.from(whole);
          file[at] = wrong;
          const error: unknown = await readAll(file).catch((it: unknown) => it);
          expect(error === undefined || isReferentError(error), `${at}: ${error}`).toBe(true);
        }
      }
    },
  );

  it('says which weights there are, where the wanted ones are not', async () => {
    await expect(open(golden('nested.zip'), 'models')).rejects.toMatchObject({
      code: 'TORCH_NO_STATE_DICT',
      message: expect.stringMatching(/under models.*model, optimizer\.state\.0/s),
    });
    await expect(open(golden('nested.zip'), 'epoch')).rejects.toMatchObject({ code: 'TORCH_NO_STATE_DICT' });
  });

  it('ends with a structure that holds itself', async () => {
    const { others } = await open(
      legacyFile(pickle('}q\x00(', text('self'), 'h\x00', text('weight'), tensor(), 'u'), [numbers]),
    );
    expect(others).toEqual([]);
  });

  it('visits a list that stands in many places once, and does not go down for ever', async () => {
    // Forty lists, each twice in the next, are 2^40 values; two hundred, each in the one before, are deep.
    const levels = Array.from({ length: 40 }, (_, i) => bytesOf(']q', i + 1, '(h', i, 'h', i, 'e'));
    const pile = ['(]q\x00', ...levels, 't'];
    const tower = [']'.repeat(200), 'a'.repeat(199)];
    const object = pickle('}(', text('pile'), ...pile, text('tower'), ...tower, text('weight'), tensor(), 'u');
    const { others } = await open(legacyFile(object, [numbers]));
    expect(others).toEqual([
      { name: 'pile.0', kind: 'list' },
      { name: 'pile.1.0', kind: 'list' },
      { name: 'pile.1.1', kind: 'list' },
      { name: `tower${'.0'.repeat(32)}`, kind: 'list' },
    ]);
  });

  it('does not start when it was stopped before', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(openTorchCheckpoint(bytesSource(weights), { signal })).rejects.toThrow('stopped');
  });

  it('notices a file that shrinks', async () => {
    const bytes = golden('plain.zip');
    let size = bytes.length;
    const source: ByteSource = {
      size,
      read: async (offset, length) => bytes.subarray(Math.min(offset, size), Math.min(offset + length, size)),
    };
    const checkpoint = await openTorchCheckpoint(source);
    size = 500;
    await expect(checkpoint.tensor('')).rejects.toMatchObject({ code: 'TORCH_TRUNCATED' });
  });
});

describe('a checkpoint', () => {
  it('names what exists when a tensor does not', async () => {
    const checkpoint = await open(golden('biencoder.zip'));
    expect(checkpoint.has('pooler')).toBe(false);
    const error = { code: 'TORCH_NO_TENSOR', message: expect.stringContaining('context_encoder.bert_model') };
    await expect(checkpoint.tensor('pooler')).rejects.toMatchObject(error);
    await expect(checkpoint.rows('pooler', 0, 1)).rejects.toMatchObject(error);
    await expect(checkpoint.rowBlocks('pooler').next()).rejects.toMatchObject(error);
    await expect(checkpoint.chunks('pooler').next()).rejects.toMatchObject(error);
    await expect((await open(golden('plain.zip'))).tensor('x')).rejects.toMatchObject({
      message: expect.stringContaining('a single one, without a name'),
    });
  });

  it.each([
    [-1, 1],
    [3, 2],
    [0, 8],
    [0.5, 1],
    [0, Number.NaN],
  ])('refuses rows %d to %d of seven', async (start, end) => {
    const checkpoint = await open(golden('plain.legacy'));
    await expect(checkpoint.rows('', start, end)).rejects.toMatchObject({
      code: 'TORCH_ROW_RANGE',
      details: { rows: 7 },
    });
  });

  it('has no rows in a single number', async () => {
    const checkpoint = await open(golden('state-dict.zip'));
    await expect(checkpoint.rows('scalar', 0, 0)).rejects.toMatchObject({ code: 'TORCH_NO_TENSOR' });
    await expect(checkpoint.rowBlocks('scalar').next()).rejects.toMatchObject({ code: 'TORCH_NO_TENSOR' });
  });

  it('gives blocks from anywhere, refuses those that do not exist, and tells how far it is', async () => {
    const checkpoint = await open(golden('plain.legacy'));
    const seen: unknown[] = [];
    const onProgress = ({ done, total, unit }: { done: number; total?: number; unit: string }) =>
      seen.push([done, total, unit]);
    for await (const { start, rows } of checkpoint.rowBlocks('', { start: 1, end: 6, rows: 2, onProgress }))
      seen.push([start, rows]);
    expect(seen).toEqual([
      [1, 2],
      [2, 5, 'rows'],
      [3, 2],
      [4, 5, 'rows'],
      [5, 1],
      [5, 5, 'rows'],
    ]);
    for (const range of [{ end: 8 }, { start: 6, end: 2 }, { start: 9 }]) {
      await expect(drain(checkpoint.rowBlocks('', range)), JSON.stringify(range)).rejects.toMatchObject({
        code: 'TORCH_ROW_RANGE',
      });
    }
  });
});

describe('safetensorsChunks', () => {
  it('leaves out, renames and widens', async () => {
    const checkpoint = await open(golden('state-dict.zip'));
    const rename = ({ name }: { name: string }) => (name.startsWith('special.') ? name.slice(8) : undefined);
    const file = Buffer.concat(
      await drain(safetensorsChunks(checkpoint, { rename, floats: 'float32', metadata: { of: 'tests' } })),
    );
    const length = Number(file.readBigUInt64LE());
    expect((8 + length) % 8).toBe(0);
    expect(JSON.parse(file.toString('utf8', 8, 8 + length))).toEqual({
      __metadata__: { of: 'tests' },
      float32: { dtype: 'F32', shape: [8], data_offsets: [0, 32] },
      float64: { dtype: 'F32', shape: [8], data_offsets: [32, 64] },
      float16: { dtype: 'F32', shape: [8], data_offsets: [64, 96] },
      bfloat16: { dtype: 'F32', shape: [8], data_offsets: [96, 128] },
    });
    const data = new Float32Array(Uint8Array.from(file.subarray(8 + length)).buffer);
    for (const [i, name] of ['float32', 'float64', 'float16', 'bfloat16'].entries()) {
      expect(data.slice(i * 8, i * 8 + 8)).toEqual(await checkpoint.float32(`special.${name}`));
    }
  });

  it('refuses to give two tensors one name', async () => {
    const checkpoint = await open(golden('biencoder.zip'));
    await expect(safetensorsChunks(checkpoint, { rename: () => 'x' }).next()).rejects.toMatchObject({
      code: 'TORCH_DUPLICATE_NAME',
    });
  });

  it('tells how far it is, and stops', async () => {
    const checkpoint = await open(golden('plain.zip'));
    const controller = new AbortController();
    const seen: unknown[] = [];
    await drain(safetensorsChunks(checkpoint, { onProgress: (progress) => seen.push(progress) }));
    expect(seen).toEqual([{ step: 'convert weights', done: 140, total: 140, unit: 'bytes' }]);
    controller.abort(new Error('stopped'));
    await expect(drain(safetensorsChunks(checkpoint, { signal: controller.signal }))).rejects.toThrow('stopped');
  });
});

it('holds rows to lines', () => {
  const names = { file: 'all.t7', other: 'entity.jsonl' };
  expect(() => checkRowCount(5, 5, names)).not.toThrow();
  expect(() => checkRowCount(5, 6, names)).toThrow(
    expect.objectContaining({
      code: 'TORCH_ROW_COUNT',
      message: expect.stringContaining('all.t7 has 5 rows; entity.jsonl has 6'),
    }),
  );
});

async function readAll(file: Uint8Array): Promise<void> {
  const checkpoint = await open(file);
  for (const { name } of checkpoint.tensors) await checkpoint.tensor(name);
}

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
