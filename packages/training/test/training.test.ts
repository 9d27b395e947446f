import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PairScorer } from '@referent/core';
import { createEagerEngine } from '@referent/tensor-ops';
import { createReferenceIndex } from '@referent/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  type CheckpointStore,
  combineTeachers,
  createBiEncoderTask,
  createCrossEncoderTask,
  createSampler,
  createTowerEncoders,
  drawCurves,
  type MinedNegatives,
  mineNegatives,
  type StepMetrics,
  type Tower,
  type TrainingEvaluation,
  type TrainingRunOptions,
  type TrainingTask,
  teacherFromEncoders,
  teacherFromPairScorer,
  train,
} from '../src/index.js';
import { createFileCheckpoints, openMetricsFile } from '../src/node.js';
import { classifierTower, examples, maskId, set, tf, tokenizer, tower } from './tiny.js';

const open: Tower[] = [];
const opened = (made: Tower) => {
  open.push(made);
  return made;
};
const mention = { layout: 'mention-first', maximumLength: 16 } as const;
const entity = { layout: 'separated', maximumLength: 10 } as const;
const biEncoder = (more: Partial<Parameters<typeof createBiEncoderTask>[0]> = {}) => {
  const shared = opened(tower());
  return createBiEncoderTask({
    ...{ tf, tokenizer, mention, entity, towers: { mention: shared, entity: shared }, temperature: 0.1 },
    ...more,
  });
};
const crossEncoder = (more: Partial<Parameters<typeof createCrossEncoderTask>[0]> = {}) =>
  createCrossEncoderTask({ tf, tokenizer, mention, entity, tower: opened(classifierTower()), candidates: 4, ...more });

const folders: string[] = [];
const temporary = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'referent-training-'));
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(async () => {
  for (const made of open.splice(0)) made.dispose();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const run = (task: TrainingTask, more: Partial<TrainingRunOptions> = {}) =>
  train({
    ...{ tf, task, seed: 7, steps: 6, learningRate: 3e-3, warmup: 0 },
    sampler: createSampler({ sets: [set], batchSize: 6, seed: 7 }),
    ...more,
  });
const losses = async (task: TrainingTask, more: Partial<TrainingRunOptions> = {}) => {
  const found: number[] = [];
  await run(task, { ...more, onMetrics: (it) => 'loss' in it && found.push(it.loss) });
  return found;
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const weightsOf = async (task: TrainingTask) =>
  Object.fromEntries(await Promise.all(task.towers.map(async (it) => [it.name, await it.weights()])));

describe('learns', () => {
  it('a bi-encoder, tied', async () => {
    const found = await losses(biEncoder({ dropout: 0 }), { steps: 14 });
    expect(mean(found.slice(-4))).toBeLessThan(0.8 * mean(found.slice(0, 4)));
  });

  it('a bi-encoder, untied, symmetric, augmented, with frozen parts', async () => {
    const towers = {
      mention: opened(tower('mention', { embeddings: true, layers: 1 })),
      entity: opened(tower('entity')),
    };
    const task = biEncoder({
      towers,
      symmetric: true,
      mention: { ...mention, maskId, augmentation: { maskMention: 0.2, dropPrefix: 0.3, alias: 0.2 } },
    });
    const before = await weightsOf(task);
    await run(task, { steps: 2 });
    const after = await weightsOf(task);
    const changed = (name: string) =>
      Object.keys(before[name]!).filter((it) => `${before[name]![it]!.data}` !== `${after[name]![it]!.data}`);
    expect(changed('mention').every((it) => it.startsWith('encoder.layer.1.'))).toBe(true);
    expect(changed('mention').length).toBe(16);
    expect(changed('entity')).toContain('embeddings.word_embeddings.weight');
  });

  it('a cross-encoder', async () => {
    const found = await losses(crossEncoder({ dropout: 0 }), { steps: 12 });
    expect(mean(found.slice(-4))).toBeLessThan(mean(found.slice(0, 4)));
  });

  it('a cross-encoder, what a first stage lacks', async () => {
    const plain = await losses(crossEncoder({ dropout: 0 }), { steps: 3 });
    const scored = (right: number, wrong: number) => ({
      // As everywhere here: the gold is a list's first.
      score: async (lists: readonly { readonly entities: readonly unknown[] }[]) =>
        lists.map(({ entities }) => Float32Array.from(entities, (_, i) => (i === 0 ? right : wrong))),
    });
    const withFirst = (firstStage: ReturnType<typeof scored>) =>
      losses(crossEncoder({ dropout: 0, firstStage }), { steps: 3 });
    // What is the same for all candidates decides nothing.
    for (const [i, loss] of (await withFirst(scored(2, 2))).entries()) expect(loss).toBeCloseTo(plain[i]!, 4);
    // Where the first stage knows the answer, nothing is left to learn; where it is wrong, more.
    expect(Math.max(...(await withFirst(scored(12, 0))))).toBeLessThan(0.01);
    expect((await withFirst(scored(0, 12)))[0]!).toBeGreaterThan(plain[0]! + 5);
  });

  it('from two teachers, added by their weights', async () => {
    const [mention, one, two] = [examples[0]!.mention, ...set.entities.values()];
    const lists = [
      { mention, entities: [one!, two!] },
      { mention, entities: [two!] },
    ];
    const teacher = (scores: number[][]) => ({ score: async () => scores.map((list) => Float32Array.from(list)) });
    const both = combineTeachers([
      { teacher: teacher([[1, 2], [3]]), weight: 2 },
      { teacher: teacher([[10, 20], [30]]), weight: 0.5 },
    ]);
    expect((await both.score(lists)).map((list) => [...list])).toEqual([[7, 14], [21]]);
  });

  it('from a cross-encoder, by shares and by margins', async () => {
    // A teacher that knows the answer: the color of the context is the color of the text.
    const scorer: PairScorer = {
      name: 'teacher',
      scorePairs: async (pairs) =>
        Float32Array.from(pairs, ({ mention, entity }) =>
          entity.text.includes(mention.contextLeft.split(' ')[1]!) ? 4 : -4,
        ),
    };
    const teacher = teacherFromPairScorer(scorer);
    for (const loss of ['kl', 'margin'] as const) {
      const distillation = { teacher, loss, weight: loss === 'kl' ? 0.5 : 1 };
      const task = biEncoder({ dropout: 0, distillation, hardNegatives: 3 });
      const mined = await namesakes();
      const found = await losses(task, { steps: 16, mining: { from: 0, every: 99, mine: async () => mined } });
      expect(mean(found.slice(-4)), loss).toBeLessThan(0.8 * mean(found.slice(0, 4)));
    }
  });

  it('from a bi-encoder', async () => {
    const encoders = await encodersOf(opened(tower('teacher')));
    const teacher = teacherFromEncoders({ ...encoders, temperature: 0.1 });
    const [list] = await teacher.score([
      {
        mention: examples[0]!.mention,
        entities: [set.entities.get('farm-red-fox')!, set.entities.get('farm-old-hen')!],
      },
    ]);
    const mentions = await encoders.mentionEncoder.encodeMentions([examples[0]!.mention]);
    const own = await encoders.entityEncoder.encodeEntities([set.entities.get('farm-old-hen')!]);
    const product = mentions.data.reduce((sum, value, i) => sum + value * own.data[i]!, 0);
    expect(list![1]).toBeCloseTo(product / 0.1, 4);
    await encoders.close();
    const found = await losses(
      crossEncoder({ dropout: 0, distillation: { teacher: teacherFromPairScorer(constant) } }),
    );
    expect(found.every(Number.isFinite)).toBe(true);
  });
});

const constant: PairScorer = { name: 'constant', scorePairs: async (pairs) => new Float32Array(pairs.length) };

const encodersOf = (one: Tower) =>
  createTowerEncoders({
    ...{ tokenizer, mention, entity, towers: { mention: one, entity: one } },
    engine: createEagerEngine({ tf }),
  });

async function namesakes(): Promise<MinedNegatives> {
  const encoders = await encodersOf(opened(tower('miner')));
  const createIndex = async (dimensions: number) => createReferenceIndex({ dimensions });
  const mined = await mineNegatives({ sets: [set], ...encoders, createIndex, depth: 5 });
  await encoders.close();
  return mined;
}

describe('mineNegatives', () => {
  it('finds the nearest entities of the world that are not gold, as a search of all does', async () => {
    const one = opened(tower());
    const encoders = await encodersOf(one);
    const mined = await namesakes();
    expect(mined.get(set.name)!.size).toBe(examples.length);
    const [example] = examples;
    const world = [...set.entities.values()].filter((it) => it.world === 'farm');
    const query = await encoders.mentionEncoder.encodeMentions([example!.mention]);
    const rows = await encoders.entityEncoder.encodeEntities(world);
    const score = (row: number) =>
      query.data.reduce((sum, value, i) => sum + value * rows.data[row * query.data.length + i]!, 0);
    const order = world.map(({ id }, row) => ({ id, score: score(row) })).sort((a, b) => b.score - a.score);
    const wanted = order
      .map(({ id }) => id)
      .filter((id) => id !== example!.gold[0])
      .slice(0, 5);
    const found = mined.get(set.name)!.get(example!.id)!;
    expect(found.negatives).toEqual(wanted);
    const rank = order.findIndex(({ id }) => id === example!.gold[0]);
    expect(found.goldRank).toBe(rank < 6 ? rank : -1);
    await encoders.close();
  });
});

/** Keeps checkpoints as they would be read from a disk. */
describe('hardNegatives', () => {
  it("are as many as the batch's own set says, else as the task does", async () => {
    const lengths: number[] = [];
    const teacher = {
      async score(lists: readonly { readonly entities: readonly unknown[] }[]) {
        lengths.push(...lists.map(({ entities }) => entities.length));
        return lists.map(({ entities }) => new Float32Array(entities.length));
      },
    };
    const task = biEncoder({ hardNegatives: 2, distillation: { teacher } });
    const hard = examples.map((example) => ({
      ...example,
      hardNegatives: examples.flatMap(({ gold }) => (gold[0] === example.gold[0] ? [] : gold)),
    }));
    const lengthsOf = async (hardNegatives?: number) => {
      lengths.length = 0;
      const own = { ...set, examples: hard, ...(hardNegatives !== undefined && { hardNegatives }) };
      await run(task, { steps: 1, sampler: createSampler({ sets: [own], batchSize: 3, seed: 7 }) });
      return lengths.map((length) => length - 1); // without the gold
    };
    expect(await lengthsOf()).toEqual([2, 2, 2]);
    expect(await lengthsOf(5)).toEqual([5, 5, 5]);
    expect(await lengthsOf(0)).toEqual([0, 0, 0]);
  });
});

function memoryStore(): CheckpointStore & { readonly saved: Map<string, Checkpoint> } {
  const saved = new Map<string, Checkpoint>();
  return {
    saved,
    async save(name, checkpoint) {
      saved.set(name, { ...checkpoint, state: JSON.parse(JSON.stringify(checkpoint.state)) });
    },
    load: async (name) => saved.get(name),
  };
}

describe('resume', () => {
  // Everything that has a state: two sets, dropout, augmentation, mining, evaluation, accumulation.
  const whole = (
    store: CheckpointStore,
    more: Partial<TrainingRunOptions> = {},
  ): [TrainingTask, TrainingRunOptions] => {
    const augmentation = { maskMention: 0.3, dropPrefix: 0.3, alias: 0.3 };
    const task = biEncoder({ mention: { ...mention, maskId, augmentation }, hardNegatives: 2 });
    const [one] = task.towers;
    const mine = async () => {
      const encoders = await encodersOf(one!);
      const createIndex = async (dimensions: number) => createReferenceIndex({ dimensions });
      return mineNegatives({ sets: [set], ...encoders, createIndex, depth: 4 });
    };
    const evaluate = async () => {
      const weights = await one!.weights();
      return { value: -Math.abs(weights['embeddings.LayerNorm.bias']!.data[0]!) };
    };
    const other = { ...set, name: 'other', examples: examples.slice(0, 9) };
    return [
      task,
      {
        ...{ tf, task, seed: 3, steps: 6, learningRate: 3e-3, accumulation: 2 },
        sampler: createSampler({ sets: [set, other], batchSize: 4, seed: 3, temperature: 3 }),
        mining: { from: 1, every: 2, mine },
        evaluation: { every: 3, evaluate },
        checkpoints: { store, every: 2 },
        settings: { seed: 3 },
        ...more,
      },
    ];
  };

  it('goes on bit for bit as if it had never stopped', async () => {
    const [straight, straightRun] = whole(memoryStore());
    const wanted = await train(straightRun);

    const store = memoryStore();
    for (const stopAfter of [3, 4]) {
      const controller = new AbortController();
      const [, stopped] = whole(store, {
        resume: true,
        signal: controller.signal,
        onMetrics: (it) => 'loss' in it && it.step === stopAfter && controller.abort(new Error('stopped')),
      });
      await expect(train(stopped)).rejects.toThrow('stopped');
      expect(store.saved.get('last')!.step).toBe(stopAfter);
    }
    const steps: number[] = [];
    const [resumed, rest] = whole(store, {
      resume: true,
      onMetrics: (it) => 'loss' in it && steps.push(it.step),
    });
    expect(await train(rest)).toEqual(wanted);
    expect(steps).toEqual([5, 6]);
    expect(await weightsOf(resumed)).toEqual(await weightsOf(straight));
  });

  it('refuses a checkpoint of other settings, and names them', async () => {
    const store = memoryStore();
    await train(whole(store, { steps: 2 })[1]);
    const [, changed] = whole(store, { resume: true, settings: { seed: 4 } });
    await expect(train(changed)).rejects.toMatchObject({
      code: 'TRAINING_SETTINGS_CHANGED',
      details: { changed: ['seed'] },
    });
  });
});

describe('train', () => {
  const evaluationOf = (values: number[], more: Partial<TrainingEvaluation> = {}): TrainingEvaluation => ({
    every: 1,
    evaluate: async () => ({ value: values.shift()!, details: { recall: 1 } }),
    ...more,
  });

  it('stops when the dev metric no longer rises, and gives back the best weights', async () => {
    const store = memoryStore();
    const task = biEncoder();
    const result = await run(task, {
      evaluation: evaluationOf([0.1, 0.5, 0.4, 0.3, 0.9], { patience: 2 }),
      checkpoints: { store, every: 100 },
    });
    expect(result).toEqual({ steps: 4, stopped: 'early', best: { step: 2, value: 0.5 } });
    const best = store.saved.get('best')!;
    const { encoder } = await weightsOf(task);
    expect(encoder!['encoder.layer.0.output.dense.weight']!.data).toEqual(
      best.tensors['weights/encoder/encoder.layer.0.output.dense.weight']!.data,
    );
    expect(best.step).toBe(2);
    // Gone on with, the run is over at once.
    const again = await run(task, {
      evaluation: evaluationOf([], { patience: 2 }),
      checkpoints: { store, every: 9 },
      resume: true,
    });
    expect(again).toEqual(result);
  });

  it('stops at a loss that is no number, names the batch, and leaves weights and checkpoint alone', async () => {
    const store = memoryStore();
    const task = biEncoder();
    const broken: TrainingTask = {
      towers: task.towers,
      async gradients(batch, context) {
        const result = await task.gradients(batch, context);
        return batch.number === 2 ? { ...result, loss: Number.NaN } : result;
      },
    };
    const before = tf.memory().numTensors;
    const failure = run(broken, { checkpoints: { store, every: 1 } });
    await expect(failure).rejects.toMatchObject({ code: 'TRAINING_NOT_FINITE', details: { batch: 2, set: 'animals' } });
    await expect(failure).rejects.toThrow(/step 2: batch 2 of animals\/(farm|wild).*e-/s);
    expect(store.saved.get('last')!.step).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops at a gradient that is no number', async () => {
    const task = biEncoder();
    const [one] = task.towers;
    const weight = one!.variables.get('encoder/encoder.layer.1.output.LayerNorm.weight')!;
    weight.assign(tf.fill(weight.shape, Number.POSITIVE_INFINITY));
    await expect(run(task)).rejects.toMatchObject({ code: 'TRAINING_NOT_FINITE' });
  });

  it('leaks no tensors', async () => {
    const task = biEncoder();
    const sizes: number[] = [];
    await run(task, { steps: 4, onMetrics: () => sizes.push(tf.memory().numTensors) });
    expect(new Set(sizes.slice(1)).size).toBe(1);
  });

  it('gives two accumulated batches the mean of their gradients', async () => {
    const task = biEncoder();
    const found: StepMetrics[] = [];
    const sampler = () => createSampler({ sets: [set], batchSize: 6, seed: 7 });
    const plain: number[] = [];
    await run(biEncoder({ dropout: 0 }), {
      sampler: sampler(),
      steps: 2,
      learningRate: 1e-12,
      onMetrics: (it) => 'loss' in it && plain.push(it.loss),
    });
    await run(task, {
      sampler: sampler(),
      steps: 1,
      accumulation: 2,
      onMetrics: (it) => 'loss' in it && found.push(it),
    });
    expect(found.length).toBe(1);
    expect(found[0]!.tokens).toBeGreaterThan(0);
    const together = await losses(biEncoder({ dropout: 0 }), { sampler: sampler(), steps: 1, accumulation: 2 });
    expect(together[0]).toBeCloseTo(mean(plain), 2);
  });
});

it('refuses to train nothing', () => {
  expect(() => tower('encoder', { embeddings: true, layers: 2 })).toThrow(
    expect.objectContaining({ code: 'TRAINING_NOTHING_TO_TRAIN' }),
  );
});

describe('files', () => {
  const checkpoint = (step: number): Checkpoint => ({
    step,
    tensors: { 'weights/a': { shape: [2, 1], data: Float32Array.of(step, Math.PI) } },
    state: { sampler: { batches: step } },
  });

  it('give checkpoints back bit for bit', async () => {
    const store = createFileCheckpoints({ folder: await temporary() });
    expect(await store.load('last')).toBeUndefined();
    await store.save('last', checkpoint(1));
    await store.save('last', checkpoint(2));
    expect(await store.load('last')).toEqual(checkpoint(2));
    expect(await store.load('best')).toBeUndefined();
  });

  it('keep the old checkpoint where a new one cannot be written, or was not finished', async () => {
    const folder = await temporary();
    const store = createFileCheckpoints({ folder });
    await store.save('last', checkpoint(1));
    // Killed while writing.
    await writeFile(join(folder, 'last.new'), 'half');
    expect((await store.load('last'))!.step).toBe(1);
    await store.save('last', checkpoint(2));
    expect((await store.load('last'))!.step).toBe(2);
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    await expect(createFileCheckpoints({ folder: file }).save('last', checkpoint(1))).rejects.toMatchObject({
      code: 'TRAINING_CHECKPOINT_FAILED',
    });
  });

  it('say when a checkpoint is damaged', async () => {
    const folder = await temporary();
    const store = createFileCheckpoints({ folder });
    await store.save('last', checkpoint(1));
    await writeFile(join(folder, 'last', 'tensors.safetensors'), 'nothing');
    await expect(store.load('last')).rejects.toMatchObject({ code: 'TRAINING_CHECKPOINT_CORRUPT' });
  });

  it('keep the metrics of the steps that count', async () => {
    const path = join(await temporary(), 'run', 'metrics.jsonl');
    const line = (step: number) => ({ step, loss: 1 / step }) as StepMetrics;
    const first = openMetricsFile(path);
    for (const step of [1, 2, 3]) first.write(line(step));
    await writeFile(path, `${await readFile(path, 'utf8')}{"step":4,"lo`);
    const second = openMetricsFile(path, 2);
    second.write(line(3));
    expect(second.metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect((await readFile(path, 'utf8')).trim().split('\n').length).toBe(3);
    expect(openMetricsFile(path).metrics).toEqual([]);
  });
});

it('drawCurves draws the loss and the dev metric', () => {
  const metrics = [
    ...Array.from({ length: 400 }, (_, i) => ({ step: i + 1, loss: 2 / (i + 1) }) as StepMetrics),
    ...[200, 400].map((step) => ({ step, value: step / 500, details: {}, best: true })),
  ];
  const svg = drawCurves(metrics, { title: 'a < b', valueName: 'R@1' });
  expect(svg).toContain('a &lt; b');
  expect(svg.match(/<path d="M[^"]*L/g)?.length).toBe(2);
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(drawCurves([])).not.toMatch(/NaN|Infinity/);
});
