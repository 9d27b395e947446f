import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAdamW } from '../src/adamw.js';
import { lossGradients } from '../src/loss-gradients.js';
import { candidateTable, inBatchLoss, klLoss, listwiseLoss, marginLoss, tableScores } from '../src/losses.js';
import { createRandom } from '../src/random.js';
import { createTower, type Tower } from '../src/tower.js';
import { config, expected, golden, pairSequences, sequences, weights } from './goldens.js';

const { columns, alsoRight, lists, teacher } = golden;
const targets = { columns: Int32Array.from(columns), alsoRight: Float32Array.from(alsoRight.flat()) };
const cosine = { pooling: 'mean', normalize: true } as const;
const classifier = {
  pooling: 'pooler',
  projection: { weight: 'classifier.weight', bias: 'classifier.bias' },
} as const;
const open: Tower[] = [];
const tower = (head: Parameters<typeof createTower>[0]['head']) => {
  const made = createTower({ tf, name: 'encoder', config, head, weights });
  open.push(made);
  return made;
};
const wholeBatch = { tf, dropoutRate: 0, random: createRandom(1), chunkTokens: 10_000, keptTokens: 10_000 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => {
  for (const made of open.splice(0)) made.dispose();
});

/**
 * The largest difference, as a share of the largest value. Gradients that are 0 but for rounding (a key's bias shifts
 * all scores of a query alike, a classifier's bias those of all candidates) are held against a small one.
 */
function difference(found: ArrayLike<number>, wanted: Float32Array): number {
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!) / size), 0);
}

function expectGradients(name: string, gradients: ReadonlyMap<string, tf.Tensor>) {
  const wanted = expected.names.filter((it) => it.startsWith(`${name}/`)).map((it) => it.slice(name.length + 1));
  const found = [...gradients.keys()].map((it) => it.slice('encoder/'.length));
  expect(found.sort()).toEqual(wanted.sort());
  for (const weight of wanted) {
    const gradient = gradients.get(`encoder/${weight}`)!;
    expect(gradient.shape, weight).toEqual([...expected.get(`${name}/${weight}`).shape]);
    expect(difference(gradient.dataSync(), expected.get(`${name}/${weight}`).data), weight).toBeLessThan(2e-5);
  }
}

const biEncoderLosses = {
  inBatch: ([m, e]) => inBatchLoss(tf, [m!, e!], targets, { temperature: 0.05, symmetric: false }),
  symmetric: ([m, e]) => inBatchLoss(tf, [m!, e!], targets, { temperature: 0.05, symmetric: true }),
  kl: ([m, e]) => klLoss(tf, listScores(m!, e!), teacherScores(), 2),
  margin: ([m, e]) => marginLoss(tf, listScores(m!, e!), teacherScores(), entityTable),
} satisfies Record<string, (vectors: readonly tf.Tensor2D[]) => tf.Scalar>;

const entityTable = candidateTable(
  lists.map((list, row) => list.map((column) => row * golden.entities.length + column)),
);
const listScores = (m: tf.Tensor2D, e: tf.Tensor2D) =>
  tableScores(tf, tf.div(tf.matMul(m, e, false, true), 0.05), entityTable);
let count = 0;
const teacherTable = candidateTable(teacher.map((list) => list.map(() => count++)));
const teacherScores = () => tableScores(tf, tf.tensor1d(teacher.flat()), teacherTable);

describe('one step, as PyTorch computes it', () => {
  it.each(Object.entries(biEncoderLosses))('%s', async (name, loss) => {
    const encoder = tower(cosine);
    const parts = [golden.mentions, golden.entities].map((lists) => ({ tower: encoder, sequences: sequences(lists) }));
    const result = await lossGradients({ ...wholeBatch, parts, loss });
    expect(result.loss).toBeCloseTo(golden.losses[name as keyof typeof golden.losses], 4);
    expectGradients(name, result.gradients);
  });

  it('listwise', async () => {
    let place = 0;
    const table = candidateTable(lists.map((list) => list.map(() => place++)));
    const parts = [{ tower: tower(classifier), sequences: pairSequences }];
    const loss = ([scores]: readonly tf.Tensor2D[]) => listwiseLoss(tf, tableScores(tf, scores!, table), table);
    const result = await lossGradients({ ...wholeBatch, parts, loss });
    expect(result.loss).toBeCloseTo(golden.losses.listwise, 4);
    expectGradients('listwise', result.gradients);
  });
});

it.each([0, 0.3])('gradient caching gives the gradient of the whole batch, dropout %d', async (dropoutRate) => {
  const encoder = tower(cosine);
  const parts = [golden.mentions, golden.entities].map((lists) => ({ tower: encoder, sequences: sequences(lists) }));
  const chunked = { ...wholeBatch, parts, loss: biEncoderLosses.symmetric, dropoutRate, chunkTokens: 24 };
  const before = tf.memory().numTensors;
  const kept = await lossGradients({ ...chunked, keptTokens: 10_000 });
  const cached = await lossGradients({ ...chunked, keptTokens: 0 });
  expect(cached.loss).toBeCloseTo(kept.loss, 5);
  expect([...cached.gradients.keys()].sort()).toEqual([...kept.gradients.keys()].sort());
  for (const [name, gradient] of kept.gradients) {
    const wanted = gradient.dataSync() as Float32Array;
    expect(difference(cached.gradients.get(name)!.dataSync(), wanted), name).toBeLessThan(2e-5);
  }
  tf.dispose([...kept.gradients.values(), ...cached.gradients.values()]);
  expect(tf.memory().numTensors).toBe(before);
});

it('ten AdamW steps end where PyTorch ends', async () => {
  const encoder = tower(cosine);
  const optimizer = createAdamW({ tf, variables: encoder.variables, weightDecay: 0.1 });
  const parts = [golden.mentions, golden.entities].map((lists) => ({ tower: encoder, sequences: sequences(lists) }));
  for (let step = 0; step < 10; step++) {
    const { loss, gradients } = await lossGradients({ ...wholeBatch, parts, loss: biEncoderLosses.symmetric });
    expect(loss).toBeCloseTo(golden.trace[step]!, 3);
    const norm = await optimizer.step(gradients, (1e-3 * (10 - step)) / 10);
    expect(norm / golden.norms[step]!).toBeCloseTo(1, 4);
  }
  const after = await encoder.weights();
  for (const [name, { data }] of Object.entries(after)) {
    // Its gradient is 0 but for rounding, which AdamW makes as large as any other.
    if (name.endsWith('key.bias')) continue;
    expect(difference(data, expected.get(`after/${name}`).data), name).toBeLessThan(2e-5);
  }
  optimizer.dispose();
});
