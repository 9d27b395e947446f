import { ReferentError, type WorkOptions } from '@referent/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import { type AdamWOptions, createAdamW } from './adamw.js';
import type { Checkpoint, CheckpointStore, Json } from './checkpoint.js';
import type { MinedNegatives, TrainingBatch } from './examples.js';
import { createRandom } from './random.js';
import {
  assertSameSettings,
  assignWeights,
  minedFromState,
  minedToState,
  named,
  type RunState,
  unnamed,
  weightsOf,
} from './run-state.js';
import type { Sampler } from './sampler.js';
import { learningRateAt, type ScheduleOptions } from './schedule.js';
import type { TrainingTask } from './task.js';
import type { TrainingTensorFlow } from './training-ops.js';

export interface TrainingRunOptions extends WorkOptions, ScheduleOptions {
  readonly tf: TrainingTensorFlow;
  readonly task: TrainingTask;
  readonly sampler: Sampler;
  /** Decides everything random: dropout, negatives, augmentation. */
  readonly seed: number;
  readonly optimizer?: Omit<AdamWOptions, 'tf' | 'variables'>;
  /** Batches whose mean gradient makes one step. A batch keeps all its negatives. @default 1 */
  readonly accumulation?: number;
  /** Finds negatives with the towers as they are; asked before step `from`, then every `every` steps. */
  readonly mining?: { readonly from: number; readonly every: number; mine(work: WorkOptions): Promise<MinedNegatives> };
  /** Measures the towers on data that is not trained on, every `every` steps and after the last. Higher is better. */
  readonly evaluation?: TrainingEvaluation;
  readonly checkpoints?: { readonly store: CheckpointStore; readonly every: number };
  /**
   * Goes on from the last checkpoint, where there is one. `settings` must then be the same as before: plain data that
   * says what the run does.
   */
  readonly resume?: boolean;
  readonly settings?: { readonly [name: string]: Json };
  readonly onMetrics?: (metrics: StepMetrics | EvaluationMetrics) => void;
}

/** A measure of the towers, now and then while they are trained. */
export interface TrainingEvaluation {
  readonly every: number;
  /** Stops after so many evaluations without a new best. @default never */
  readonly patience?: number;
  evaluate(work: WorkOptions): Promise<{ readonly value: number; readonly details?: Readonly<Record<string, number>> }>;
}

export interface StepMetrics {
  /** Steps done, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly set: string;
  readonly world?: string;
  readonly tokens: number;
  readonly seconds: number;
}

export interface EvaluationMetrics {
  readonly step: number;
  readonly value: number;
  readonly details: Readonly<Record<string, number>>;
  readonly best: boolean;
}

export interface TrainingResult {
  readonly steps: number;
  readonly stopped: 'done' | 'early';
  /** Where there was an evaluation: the towers now have the weights of this step. */
  readonly best?: { readonly step: number; readonly value: number };
}

/**
 * Trains to the last step, or until the dev metric stops rising, and leaves the best weights in the towers.
 * An aborted signal saves a checkpoint, then throws its reason.
 * @throws `TRAINING_NOT_FINITE` the loss or a gradient is not a number; the towers keep the weights of the step before
 * @throws `TRAINING_SETTINGS_CHANGED` the checkpoint is of a run with other settings
 */
export async function train(options: TrainingRunOptions): Promise<TrainingResult> {
  const { tf, task, sampler, seed, steps, mining, evaluation, checkpoints, signal, onProgress, onMetrics } = options;
  const { accumulation = 1, settings = {}, resume = false } = options;
  const variables = new Map(task.towers.flatMap((tower) => [...tower.variables]));
  const optimizer = createAdamW({ tf, variables, ...options.optimizer });
  let step = 0;
  let mined: MinedNegatives = new Map();
  let best = null as RunState['best'];
  let bestWeights: Checkpoint | undefined;
  let worse = 0;
  let measuredAt = 0;

  async function save(): Promise<void> {
    if (!checkpoints) return;
    const { steps: optimizerSteps, moments } = await optimizer.state();
    const position = { sampler: sampler.state(), optimizerSteps, mined: minedToState(mined), best, worse, measuredAt };
    const state: RunState = { settings, ...position };
    const tensors = { ...named('weights/', await weightsOf(variables)), ...named('moments/', moments) };
    await checkpoints.store.save('last', { step, tensors, state: state as unknown as Json });
  }

  async function restore(): Promise<void> {
    const last = await checkpoints?.store.load('last');
    if (!last) return;
    const state = last.state as unknown as RunState;
    assertSameSettings(state.settings, settings);
    assignWeights(tf, variables, last);
    optimizer.restore({ steps: state.optimizerSteps, moments: unnamed('moments/', last.tensors) });
    sampler.restore(state.sampler);
    ({ step } = last);
    ({ best, worse, measuredAt } = state);
    mined = minedFromState(state.mined);
    if (best) bestWeights = await checkpoints?.store.load('best');
  }

  async function takeStep(): Promise<void> {
    const started = performance.now();
    const position = sampler.state();
    const sums = new Map<string, tfjs.Tensor>();
    let [loss, tokens] = [0, 0];
    let batch!: TrainingBatch;
    for (let part = 0; part < accumulation; part++) {
      batch = sampler.next();
      const random = createRandom(seed, 'step', step, part);
      const result = await task.gradients(batch, { random, mined, signal }).catch((error: unknown) => {
        // The step was not done: where the run goes on, its batches come again.
        sampler.restore(position);
        tf.dispose([...sums.values()]);
        throw error;
      });
      addGradients(tf, sums, result.gradients, 1 / accumulation);
      loss += result.loss / accumulation;
      tokens += result.tokens;
      if (!Number.isFinite(result.loss)) {
        tf.dispose([...sums.values()]);
        throw notFinite(step, batch, `its loss is ${result.loss}`);
      }
    }
    const learningRate = learningRateAt(step, options);
    const gradientNorm = await optimizer.step(sums, learningRate);
    if (!Number.isFinite(gradientNorm)) throw notFinite(step, batch, `its gradient's norm is ${gradientNorm}`);
    step++;
    const { set, world } = batch;
    const seconds = (performance.now() - started) / 1000;
    const source = { set: set.name, ...(world !== undefined && { world }) };
    onMetrics?.({ step, loss, learningRate, gradientNorm, ...source, tokens, seconds });
    onProgress?.({ step: 'train', done: step, total: steps, unit: 'steps' });
  }

  async function measure({ evaluate }: TrainingEvaluation): Promise<void> {
    const { value, details = {} } = await evaluate({ signal, onProgress });
    const isBest = best === null || value > best.value;
    if (isBest) {
      bestWeights = { step, tensors: named('weights/', await weightsOf(variables)), state: { value } };
      await checkpoints?.store.save('best', bestWeights);
      best = { step, value };
    }
    worse = isBest ? 0 : worse + 1;
    measuredAt = step;
    onMetrics?.({ step, value, details, best: isBest });
  }

  /** The work that is due between the steps, then a step; until the end. */
  async function run(): Promise<TrainingResult['stopped']> {
    for (;;) {
      if (evaluation && measuredAt !== step && (step % evaluation.every === 0 || step === steps)) {
        await measure(evaluation);
      }
      const early = worse >= (evaluation?.patience ?? Number.POSITIVE_INFINITY);
      const ends = early || step >= steps;
      if (checkpoints && step > 0 && (ends || step % checkpoints.every === 0)) await save();
      if (ends) return early ? 'early' : 'done';
      signal?.throwIfAborted();
      if (mining && step >= mining.from && (step - mining.from) % mining.every === 0) {
        mined = await mining.mine({ signal, onProgress });
      }
      await takeStep();
    }
  }

  try {
    if (resume) await restore();
    const stopped = await run();
    if (bestWeights) assignWeights(tf, variables, bestWeights);
    return { steps: step, stopped, ...(best && { best }) };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) await save();
    throw error;
  } finally {
    optimizer.dispose();
  }
}

/** Adds `gradients` times `scale` to the sums, and disposes them. */
function addGradients(
  tf: TrainingTensorFlow,
  sums: Map<string, tfjs.Tensor>,
  gradients: ReadonlyMap<string, tfjs.Tensor>,
  scale: number,
): void {
  for (const [name, gradient] of gradients) {
    const sum = sums.get(name);
    if (!sum && scale === 1) {
      sums.set(name, gradient);
      continue;
    }
    sums.set(
      name,
      tf.tidy(() => {
        const scaled = tf.mul(gradient, scale);
        return sum ? tf.add(sum, scaled) : scaled;
      }),
    );
    tf.dispose(sum ? [sum, gradient] : gradient);
  }
}

function notFinite(step: number, { set, world, examples, number }: TrainingBatch, why: string): ReferentError {
  const ids = examples.map(({ id }) => id);
  return new ReferentError('TRAINING_NOT_FINITE', {
    what: `Training stopped at step ${step}: batch ${number} of ${set.name}${world === undefined ? '' : `/${world}`} cannot be learnt from, ${why}.`,
    why: `Its first examples are ${ids.slice(0, 3).join(', ')}.`,
    fix: 'Lower the learning rate, or look at these examples. The last checkpoint is as it was.',
    details: { step, batch: number, set: set.name, world, examples: ids },
  });
}
