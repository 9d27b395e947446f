/** A run whose layers are graphs goes on from a checkpoint bit for bit, as the eager one does. */
import {
  type Checkpoint,
  createBiEncoderTask,
  createSampler,
  createTower,
  openLayerGraphs,
  train,
} from '@referent/training';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { config, weights } from '../../packages/training/test/goldens.js';
import { set, tokenizer } from '../../packages/training/test/tiny-data.js';
import { startNative } from './start.js';

let engine: Awaited<ReturnType<typeof startNative>>;
beforeAll(async () => {
  engine = await startNative('float32');
});
afterAll(() => engine.close());

/** Trains until `steps`, from the checkpoint of `saved` where there is one, and gives the weights. */
async function weightsAfter(saved: Map<string, Checkpoint>, stopAfter?: number) {
  const { tf } = engine;
  const graphs = await openLayerGraphs(engine, config);
  expect(graphs).toBeDefined();
  const head = { pooling: 'mean', normalize: true } as const;
  const tower = createTower({ tf, name: 'encoder', config, head, weights, graphs });
  const controller = new AbortController();
  const run = train({
    ...{ tf, seed: 3, steps: 5, learningRate: 3e-3, resume: true, signal: controller.signal },
    task: createBiEncoderTask({
      ...{ tf, tokenizer, towers: { mention: tower, entity: tower }, temperature: 0.1, dropout: 0 },
      mention: { layout: 'mention-first', maximumLength: 16, augmentation: { dropPrefix: 0.3, alias: 0.3 } },
      entity: { layout: 'separated', maximumLength: 10 },
    }),
    sampler: createSampler({ sets: [set], batchSize: 6, seed: 3 }),
    checkpoints: {
      every: 1,
      store: {
        async save(name, checkpoint) {
          saved.set(name, { ...checkpoint, state: JSON.parse(JSON.stringify(checkpoint.state)) });
        },
        load: async (name) => saved.get(name),
      },
    },
    onMetrics: (it) => 'loss' in it && it.step === stopAfter && controller.abort(new Error('stopped')),
  });
  if (stopAfter === undefined) await run;
  else await expect(run).rejects.toThrow('stopped');
  const trained = await tower.weights();
  tower.dispose();
  await graphs!.close();
  return trained;
}

it('goes on bit for bit as if it had never stopped', async () => {
  const straight = await weightsAfter(new Map());
  const saved = new Map<string, Checkpoint>();
  const stopped = await weightsAfter(saved, 2);
  expect(stopped).not.toEqual(straight);
  expect(saved.get('last')!.step).toBe(2);
  expect(await weightsAfter(saved)).toEqual(straight);
});
