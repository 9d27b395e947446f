/** Layers as graphs give the loss and the gradients of the eager operations, which are held against PyTorch's. */
import { createTower, type Frozen, inBatchLoss, lossGradients, openLayerGraphs } from '@referent/training';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../packages/training/src/random.js';
import { config, golden, sequences, weights } from '../../packages/training/test/goldens.js';
import { startNative } from './start.js';

const targets = { columns: Int32Array.from(golden.columns), alsoRight: Float32Array.from(golden.alsoRight.flat()) };
let engine: Awaited<ReturnType<typeof startNative>>;
beforeAll(async () => {
  engine = await startNative('float32');
});
afterAll(() => engine.close());

async function gradientsOf({ eager = false, frozen = {} as Frozen, keptTokens = 10_000, dropoutRate = 0 }) {
  const { tf } = engine;
  const before = tf.memory().numTensors;
  const graphs = eager ? undefined : await openLayerGraphs(engine, config);
  expect(graphs === undefined).toBe(eager);
  const head = { pooling: 'mean', normalize: true } as const;
  const tower = createTower({ tf, name: 'encoder', config, head, weights, frozen, graphs });
  const { loss, gradients } = await lossGradients({
    tf,
    parts: [golden.mentions, golden.entities].map((lists) => ({ tower, sequences: sequences(lists) })),
    loss: ([mentions, entities]) =>
      inBatchLoss(tf, [mentions!, entities!], targets, { temperature: 0.05, symmetric: true }),
    dropoutRate,
    random: createRandom(1),
    chunkTokens: 24,
    keptTokens,
  });
  const read = new Map([...gradients].map(([name, tensor]) => [name, numbersOf(tensor)]));
  tf.dispose([...gradients.values()]);
  tower.dispose();
  await graphs?.close();
  expect(tf.memory().numTensors).toBe(before);
  return { loss, gradients: read };
}

const numbersOf = (tensor: Tensor) => ({ shape: tensor.shape, data: Float32Array.from(tensor.dataSync<'float32'>()) });

describe('layers as graphs', () => {
  it.each([
    ['of all weights', {}],
    ['with gradient caching', { keptTokens: 0 }],
    ['above frozen embeddings', { frozen: { embeddings: true } }],
    ['above a frozen layer', { frozen: { embeddings: true, layers: 1 } }],
    ['of the embeddings below a frozen layer', { frozen: { layers: 1 } }],
    ['with dropout, which is eager', { dropoutRate: 0.3 }],
  ])('give the gradients of the eager operations: %s', async (_, options) => {
    const [found, wanted] = [await gradientsOf(options), await gradientsOf({ ...options, eager: true })];
    expect(found.loss).toBeCloseTo(wanted.loss, 5);
    expect([...found.gradients.keys()].sort()).toEqual([...wanted.gradients.keys()].sort());
    for (const [name, { shape, data }] of wanted.gradients) {
      const gradient = found.gradients.get(name)!;
      expect(gradient.shape, name).toEqual(shape);
      const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
      const furthest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - gradient.data[i]!)), 0);
      expect(furthest / size, name).toBeLessThan(1e-4);
    }
  });

  it('are left out where the engine or the model has none', async () => {
    expect(await openLayerGraphs({}, config)).toBeUndefined();
    expect(await openLayerGraphs(engine, { ...config, activation: 'relu' })).toBeUndefined();
  });
});
