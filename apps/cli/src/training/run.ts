import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ReferentError } from '@referent/core';
import type { StartedEngine } from '@referent/runtime';
import {
  createSampler,
  drawCurves,
  type EvaluationMetrics,
  type Json,
  type MinedNegatives,
  type StepMetrics,
  type TrainingEvaluation,
  type TrainingResult,
  type TrainingSet,
  type TrainingTask,
  train,
} from '@referent/training';
import { createFileCheckpoints, openMetricsFile } from '@referent/training/node';
import { openEngine } from '../assemble/engine.js';
import { type CommandContext, type CommonOptions, usageError } from '../command-context.js';
import type { Io } from '../io.js';
import { formatCount, formatDuration } from '../terminal.js';
import type { BiEncoderSettings, CrossEncoderSettings } from './settings.js';

/** What `train` and `distill` take on the command line. */
export interface TrainOptions extends CommonOptions {
  readonly config?: string;
  readonly train?: readonly string[];
  readonly entities?: readonly string[];
  readonly dev?: readonly string[];
  readonly model?: string | undefined;
  readonly steps?: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly engine?: 'auto' | 'cpu' | 'gpu';
  readonly json?: boolean;
  /** Of `distill`. */
  readonly teacher?: string;
}

/** The settings file, with what the command line says put over it. */
export async function readConfig(
  { io }: CommandContext,
  { config, train: mentions, entities, dev, steps, teacher, out, resume }: TrainOptions,
): Promise<{ json: Record<string, unknown>; file: string }> {
  const run = runFolder(io, out);
  if (!resume && existsSync(join(run, 'last'))) {
    throw usageError(`${run} holds a run already.`, 'Go on with --resume, or choose another --out.');
  }
  const json = config === undefined ? {} : await readJson(resolve(io.cwd, config));
  if (mentions || entities) {
    if (!mentions || !entities) throw usageError('--train and --entities belong together.');
    json.sets = [{ entities, mentions }];
  }
  if (dev) {
    if (!entities) throw usageError('--dev needs --entities; in a settings file dev sets name their own.');
    json.dev = dev.map((file) => ({ entities, mentions: file }));
  }
  if (steps !== undefined) json.steps = steps;
  if (teacher !== undefined) json.distillation = { ...(json.distillation as object | undefined), teacher };
  if (json.sets === undefined) {
    throw usageError(
      'There is nothing to train on.',
      'Give --train FILE and --entities FILE, or --config FILE with "sets".',
    );
  }
  return { json, file: config ?? 'the command line' };
}

/** Checkpoints, metrics and curves of the run that makes a model. */
function runFolder({ cwd }: Io, out: string): string {
  return join(resolve(cwd, out), 'training');
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new ReferentError('SETTINGS_UNREADABLE', {
      what: `The settings file ${path} cannot be read.`,
      why: `${cause instanceof Error ? cause.message : String(cause)}.`,
      details: { file: path },
      cause,
    });
  }
}

/** TensorFlow with gradients: WebAssembly has none. */
export async function openTrainingEngine(context: CommandContext, options: TrainOptions): Promise<StartedEngine> {
  const engine = (await openEngine(context, { ...options, engine: options.engine ?? 'auto' })) as StartedEngine;
  if (engine.info.kind !== 'wasm') return engine;
  await engine.close();
  throw new ReferentError('TRAINING_NEEDS_TENSORFLOW', {
    what: 'Training needs TensorFlow, which is not set up on this machine.',
    fix: 'Run `referent setup` once.',
  });
}

export interface TrainingRun {
  readonly engine: StartedEngine;
  readonly task: TrainingTask;
  readonly sets: readonly TrainingSet[];
  readonly settings: BiEncoderSettings | CrossEncoderSettings;
  /** Says which weights the run begins with. */
  readonly fingerprint: string;
  readonly mine?: () => Promise<MinedNegatives>;
  readonly evaluate?: TrainingEvaluation['evaluate'];
  readonly valueName: string;
}

export interface FinishedRun extends TrainingResult {
  readonly metrics: readonly (StepMetrics | EvaluationMetrics)[];
  readonly milliseconds: number;
}

/** Trains with checkpoints, `metrics.jsonl` and `curves.svg` in the folder `training` of the model that is made. */
export async function runTraining(
  context: CommandContext,
  options: TrainOptions,
  { engine, task, sets, settings, fingerprint, mine, evaluate, valueName }: TrainingRun,
): Promise<FinishedRun> {
  const folder = runFolder(context.io, options.out);
  const { resume = false } = options;
  await mkdir(folder, { recursive: true });
  const store = createFileCheckpoints({ folder });
  const last = resume ? await store.load('last') : undefined;
  if (last) context.logger.info(`Going on from step ${last.step}.`);
  const log = openMetricsFile(join(folder, 'metrics.jsonl'), last?.step ?? 0);
  await writeFile(join(folder, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);

  const sampler = createSampler({
    sets,
    batchSize: settings.batchSize,
    seed: settings.seed,
    temperature: settings.mixingTemperature,
    perWorld: settings.perWorld,
  });
  if (sampler.skipped.length > 0) {
    context.logger.warn(`Left out, because one mention alone has no negatives: ${sampler.skipped.join(', ')}`);
  }
  const started = performance.now();
  let recent: StepMetrics[] = [];
  const onMetrics = (entry: StepMetrics | EvaluationMetrics) => {
    log.write(entry);
    if ('loss' in entry) {
      recent.push(entry);
      if (recent.length < 20) return;
      context.logger.info(describeSteps(recent));
      recent = [];
    } else {
      const details = Object.entries(entry.details).map(([name, share]) => `${name} ${share.toFixed(3)}`);
      context.logger.info(
        `step ${entry.step}: ${valueName} ${entry.value.toFixed(4)}${entry.best ? ', the best so far' : ''} (${details.join(', ')})`,
      );
    }
  };
  const { evaluateEvery, patience, checkpointEvery, mining } = settings;
  try {
    const result = await train({
      tf: engine.tf,
      task,
      sampler,
      resume,
      onMetrics,
      ...pick(settings, 'seed', 'steps', 'learningRate', 'warmup', 'decay', 'accumulation'),
      optimizer: pick(settings, 'weightDecay', 'clipNorm'),
      settings: { ...(settings as unknown as Record<string, Json>), start: fingerprint },
      checkpoints: { store, every: checkpointEvery },
      ...(mine && mining && { mining: { from: mining.from, every: mining.every, mine } }),
      ...(evaluate && { evaluation: { every: evaluateEvery, evaluate, ...(patience !== undefined && { patience }) } }),
      ...context.work,
    });
    return { ...result, metrics: log.metrics, milliseconds: performance.now() - started };
  } finally {
    context.progress.finish();
    if (context.io.signal.aborted) context.logger.info('The run is kept: go on with --resume.');
    await writeFile(join(folder, 'curves.svg'), drawCurves(log.metrics, { title: options.out, valueName }));
  }
}

function describeSteps(steps: readonly StepMetrics[]): string {
  const mean = (value: (it: StepMetrics) => number) => steps.reduce((sum, it) => sum + value(it), 0) / steps.length;
  const seconds = mean((it) => it.seconds);
  const { step, learningRate } = steps.at(-1)!;
  return `step ${step}: loss ${mean((it) => it.loss).toFixed(3)}, rate ${learningRate.toExponential(1)}, gradient ${mean((it) => it.gradientNorm).toFixed(2)}, ${seconds.toFixed(2)} s a step, ${formatCount(mean((it) => it.tokens) / seconds)} tokens/s`;
}

function pick<Item extends object, Name extends keyof Item>(item: Item, ...names: readonly Name[]): Pick<Item, Name> {
  return Object.fromEntries(names.map((name) => [name, item[name]])) as Pick<Item, Name>;
}

/** The last line of a run. */
export function describeRun(options: TrainOptions, run: FinishedRun, valueName: string): string {
  const { best, steps, stopped, milliseconds } = run;
  if (options.json) {
    const summary = { folder: options.out, steps, stopped, ...(best && { best }), seconds: milliseconds / 1000 };
    return `${JSON.stringify(summary)}\n`;
  }
  const result = best ? `, ${valueName} ${best.value.toFixed(4)} at step ${best.step}` : '';
  return `${options.out}: ${steps} steps${stopped === 'early' ? ' (stopped early)' : ''} in ${formatDuration(milliseconds)}${result}\n`;
}
