import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncClosing, silentLogger } from '@referent/core';
import type { Engine, Precision } from '@referent/tensor-ops';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { measureSpeed } from './measure-speed.js';
import { createMeasurementStore } from './measurement-store.js';
import { choosePrecision } from './precision-choice.js';

const measurement = {
  float32Milliseconds: 30,
  reduced: 'bfloat16',
  reducedMilliseconds: 20,
  float32Gflops: 100,
  reducedGflops: 150,
} as const;

describe('choosePrecision', () => {
  it.each([
    [30, 20, 'bfloat16', '1.50 times as fast'],
    [23, 20, 'bfloat16', '1.15 times as fast'],
    [22, 20, 'float32', '1.10 times as fast as float32, which is not worth its rounding'],
    [10, 20, 'float32', '0.50 times'],
    [30, null, 'float32', 'cannot compute in bfloat16'],
  ] as const)('float32 %d ms, bfloat16 %d ms: %s', (float32Milliseconds, reducedMilliseconds, precision, reason) => {
    const choice = choosePrecision({ float32Milliseconds, reduced: 'bfloat16', reducedMilliseconds });
    expect(choice.precision).toBe(precision);
    expect(choice.reason).toContain(reason);
  });
});

describe('measureSpeed', () => {
  const engineFor =
    (broken: boolean) =>
    (precision: Precision): Engine => ({
      name: 'fake',
      precision,
      compile: async () =>
        asyncClosing({
          run: () =>
            broken && precision !== 'float32' ? Promise.reject(new Error('unknown type')) : Promise.resolve({}),
          close: async () => {},
        }),
      close: async () => {},
    });

  it('times both formats', async () => {
    const found = await measureSpeed({ engineFor: engineFor(false), reduced: 'float16', logger: silentLogger });
    expect(found.reduced).toBe('float16');
    expect(found.float32Gflops).toBeGreaterThan(0);
    expect(found.reducedGflops).toBeGreaterThan(0);
  });

  it('notes that a format cannot be used', async () => {
    const found = await measureSpeed({ engineFor: engineFor(true), reduced: 'bfloat16', logger: silentLogger });
    expect(found).toMatchObject({ reducedMilliseconds: null, reducedGflops: null });
  });
});

describe('createMeasurementStore', () => {
  it('remembers by machine and engine', async () => {
    const folder = join(temporaryFolder(), 'cache');
    const store = createMeasurementStore(folder, silentLogger);
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', measurement);
    await store.write('b', { ...measurement, float32Milliseconds: 5 });
    expect(await createMeasurementStore(folder, silentLogger).read('a')).toEqual(measurement);
    expect(await store.read('b')).toMatchObject({ float32Milliseconds: 5 });
    expect(readdirSync(folder)).toEqual(['measurements.json']);
  });

  it.each(['', 'nonsense', 'null', '[]', '{"a":{}}'])('counts a damaged file as empty: %j', async (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'measurements.json'), text);
    const store = createMeasurementStore(folder, silentLogger);
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', measurement);
    expect(await store.read('a')).toEqual(measurement);
  });

  it('goes without where it cannot write', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'measurements.json'));
    await createMeasurementStore(folder, silentLogger).write('a', measurement);
    writeFileSync(join(folder, 'file'), '');
    await createMeasurementStore(join(folder, 'file'), silentLogger).write('a', measurement);
  });
});
