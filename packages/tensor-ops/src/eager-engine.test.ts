import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleInputs, sampleProgram, sampleShapes, sampleWeights } from '../test/sample-program.js';
import { createEagerEngine } from './eager-engine.js';

const weights = sampleWeights(sampleShapes);

describe('createEagerEngine', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('gives a sequence the same result alone, among others, and padded', async () => {
    const executable = await createEagerEngine({ tf }).compile(sampleProgram, weights);
    const { ids } = sampleInputs([4, 3, 5]);
    const together = await executable.run(sampleInputs([4, 3, 5]));
    const alone = await executable.run({
      ids: { shape: [1, 3], data: (ids!.data as Int32Array).slice(5, 8) },
      mask: { shape: [1, 3], data: Int32Array.of(1, 1, 1) },
    });
    const unit = together.unit!.data.slice(8, 16);
    expect([...alone.unit!.data]).toEqual([...unit].map((value) => expect.closeTo(value, 5)));
  });

  it('answers overlapping calls, and leaves no tensors behind when closed', async () => {
    const before = tf.memory().numTensors;
    const engine = createEagerEngine({ tf, name: 'test' });
    const executable = await engine.compile(sampleProgram, weights);
    const inputs = [sampleInputs([2]), sampleInputs([3, 1]), sampleInputs([1, 1, 1])];
    const together = await Promise.all(inputs.map((input) => executable.run(input)));
    expect(together.map(({ unit }) => unit!.shape[0])).toEqual([1, 2, 3]);
    await engine.close();
    await engine.close();
    expect(tf.memory().numTensors).toBe(before);
    await expect(executable.run(inputs[0]!)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    await expect(engine.compile(sampleProgram, weights)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
  });

  it('frees a program that leaves its block', async () => {
    const before = tf.memory().numTensors;
    {
      await using executable = await createEagerEngine({ tf }).compile(sampleProgram, weights);
      await executable.run(sampleInputs([2]));
      expect(tf.memory().numTensors).toBeGreaterThan(before);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops before it starts when the signal says so', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(createEagerEngine({ tf }).compile(sampleProgram, weights, { signal })).rejects.toThrow('enough');
  });

  it.each([
    ['a missing input', { ids: { shape: [1, 1], data: Int32Array.of(1) } }],
    ['another type', { ids: { shape: [1, 1], data: Float32Array.of(1) } }],
    ['another rank', { ids: { shape: [1], data: Int32Array.of(1) } }],
    ['too few numbers', { ids: { shape: [1, 2], data: Int32Array.of(1) } }],
  ])('refuses %s', async (_, inputs) => {
    const executable = await createEagerEngine({ tf }).compile(sampleProgram, weights);
    await expect(executable.run(inputs)).rejects.toMatchObject({ code: 'PROGRAM_INVALID_INPUT' });
  });
});
