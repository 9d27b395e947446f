import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../src/dtypes.js';
import {
  bytesSource,
  openTorchCheckpoint,
  safetensorsChunks,
  type TorchCheckpoint,
  type TorchTensor,
} from '../src/index.js';

interface Expected {
  readonly dtype: string;
  readonly shape: number[];
  /** As strings where JSON has no number for them. */
  readonly values: (number | string)[];
}

const folder = new URL('./goldens/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as {
  files: Record<string, Record<string, Expected>>;
};
const cases = Object.keys(golden.files).flatMap((name) =>
  (['zip', 'legacy'] as const).map((serialization) => ({ name, serialization })),
);

function load(name: string): Uint8Array {
  return readFileSync(new URL(`${name}.bin`, folder));
}

function open(name: string): Promise<TorchCheckpoint> {
  return openTorchCheckpoint(bytesSource(load(name), name));
}

function valuesOf({ dtype, data }: TorchTensor): (number | bigint)[] {
  return /16$/.test(dtype) && dtype !== 'int16' ? [...toFloat32(dtype, data.buffer as ArrayBuffer)] : [...data];
}

/** "inf" and "nan" are what Python prints. */
function parse(value: number | string, { dtype }: Expected): number | bigint {
  if (dtype === 'int64') return BigInt(value);
  if (typeof value === 'number') return value;
  return { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN }[value]!;
}

describe.each(cases)('$name, $serialization', ({ name, serialization }) => {
  const expected = golden.files[name]!;

  it('has the names, types and shapes that PyTorch sees', async () => {
    const checkpoint = await open(`${name}.${serialization}`);
    expect(checkpoint.serialization).toBe(serialization);
    expect(checkpoint.tensors).toEqual(
      Object.entries(expected).map(([it, { dtype, shape }]) => ({ name: it, dtype, shape })),
    );
  });

  it('has the numbers that PyTorch reads', async () => {
    const checkpoint = await open(`${name}.${serialization}`);
    for (const [key, tensor] of Object.entries(expected)) {
      const values = tensor.values.map((value) => parse(value, tensor));
      expect(valuesOf(await checkpoint.tensor(key)), key).toEqual(values);
      expect(await checkpoint.float32(key), key).toEqual(Float32Array.from(values, Number));
    }
  });

  it('reads by rows what it reads whole', async () => {
    const checkpoint = await open(`${name}.${serialization}`);
    for (const { name: key, shape } of checkpoint.tensors.filter((it) => it.shape.length > 0)) {
      const whole = await checkpoint.float32(key);
      const [count, columns] = [shape[0]!, whole.length / shape[0]!];
      for await (const { start, rows, data } of checkpoint.rowBlocks(key, { rows: 3 })) {
        expect(data).toEqual(whole.slice(start * columns, (start + rows) * columns));
      }
      expect(await checkpoint.rows(key, 0, count)).toEqual(whole);
      expect(await checkpoint.rows(key, count, count)).toHaveLength(0);
    }
  });

  it('is the same as safetensors', async () => {
    const checkpoint = await open(`${name}.${serialization}`);
    const { header, data } = await safetensorsOf(checkpoint);
    expect(Object.keys(header).sort()).toEqual(Object.keys(expected).sort());
    for (const { name: key, dtype, shape } of checkpoint.tensors) {
      const { dtype: type, shape: size, data_offsets: offsets } = header[key]!;
      const tensor = await checkpoint.tensor(key);
      const bytes = dtype === 'float64' ? toFloat32(dtype, tensor.data.buffer as ArrayBuffer) : tensor.data;
      expect(data.slice(...offsets)).toEqual(new Uint8Array(bytes.buffer));
      expect([type, size]).toEqual([dtype === 'float64' ? 'F32' : safetensorsName(dtype), shape]);
    }
  });
});

function safetensorsName(dtype: string): string {
  if (dtype === 'bool') return 'BOOL';
  return dtype === 'bfloat16' ? 'BF16' : `${dtype[0]!.toUpperCase()}${/\d+/.exec(dtype)![0]}`;
}

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

async function safetensorsOf(checkpoint: TorchCheckpoint): Promise<{ header: Header; data: Uint8Array }> {
  const pieces: Uint8Array[] = [];
  for await (const piece of safetensorsChunks(checkpoint)) pieces.push(piece);
  const file = Buffer.concat(pieces);
  const length = Number(file.readBigUInt64LE(0));
  return {
    header: JSON.parse(file.toString('utf8', 8, 8 + length)) as Header,
    data: new Uint8Array(file.subarray(8 + length)),
  };
}

describe.each(['zip', 'legacy'])('a checkpoint around a state dict, %s', (serialization) => {
  it('lists everything that is no weight', async () => {
    const { stateDict, others } = await open(`nested.${serialization}`);
    expect(stateDict).toBe('model');
    const values = Object.fromEntries(
      others.map(({ name, kind, value }) => [name, value === undefined ? kind : value]),
    );
    expect(values).toEqual({
      epoch: 3,
      lr: 1e-5,
      best: null,
      done: true,
      steps: 2n ** 70n,
      negative: -5,
      far: -(2 ** 31),
      // A surrogate on its own is three bytes that no text has.
      note: 'naïve 🙂 \ufffd\ufffd\ufffd',
      nothing: 'dict',
      dtype: 'dtype',
      'history.0': 0.5,
      'history.1': 0.25,
      'history.2.0': 'a',
      'history.2.1': 1,
      'size.0': 2,
      'size.1': 3,
      'optimizer.state.0.step': 7,
      'optimizer.state.0.exp_avg': 'tensor',
      'optimizer.param_groups.0.lr': 0.1,
      'optimizer.param_groups.0.betas.0': 0.9,
      'optimizer.param_groups.0.betas.1': 0.999,
    });
    // The same dictionary under two keys is named once.
    expect(others.filter(({ name }) => name === 'optimizer.state.1').map(({ kind }) => kind)).toEqual([]);
  });

  it('reads the dictionary that it is told to', async () => {
    const source = bytesSource(load(`nested.${serialization}`));
    const { tensors } = await openTorchCheckpoint(source, { stateDict: 'optimizer.state.0' });
    expect(tensors).toEqual([{ name: 'exp_avg', dtype: 'float32', shape: [2, 2] }]);
  });
});

describe('what a tensor does not need', () => {
  it.each([
    ['evil.zip', 'TORCH_REFUSED_GLOBAL', 'posix.system'],
    ['evil.legacy', 'TORCH_REFUSED_GLOBAL', 'posix.system'],
    ['namespace.zip', 'TORCH_REFUSED_GLOBAL', 'argparse.Namespace'],
    ['namespace.legacy', 'TORCH_REFUSED_GLOBAL', 'argparse.Namespace'],
    ['instance.zip', 'TORCH_REFUSED_GLOBAL', '__main__.WithState'],
    ['instance.legacy', 'TORCH_REFUSED_GLOBAL', '__main__.WithState'],
    ['module.zip', 'TORCH_REFUSED_GLOBAL', 'torch.nn.modules.linear.Linear'],
    ['numpy.zip', 'TORCH_REFUSED_GLOBAL', 'scalar'],
    ['numpy.legacy', 'TORCH_REFUSED_GLOBAL', 'scalar'],
    ['bytes.zip', 'TORCH_REFUSED_GLOBAL', '_codecs.encode'],
    ['set.zip', 'TORCH_REFUSED_GLOBAL', '__builtin__.set'],
    ['complex.zip', 'TORCH_UNSUPPORTED_DTYPE', 'torch.ComplexFloatStorage'],
    ['complex.legacy', 'TORCH_UNSUPPORTED_DTYPE', 'torch.ComplexFloatStorage'],
    ['float8.zip', 'TORCH_UNSUPPORTED_DTYPE', 'float8_e4m3fn'],
    ['float8.legacy', 'TORCH_UNSUPPORTED_DTYPE', 'float8_e4m3fn'],
    ['negated.zip', 'TORCH_UNSUPPORTED_FILE', 'negated'],
    ['protocol-4.zip', 'TORCH_UNSUPPORTED_FILE', 'protocol 4'],
  ])('is refused by name: %s', async (name, code, text) => {
    await expect(open(`refused-${name}`)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  });
});
