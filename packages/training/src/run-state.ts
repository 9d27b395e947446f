import { ReferentError } from '@referent/core';
import type { WeightTensor } from '@referent/tensor-ops';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Checkpoint, Json } from './checkpoint.js';
import type { Mined, MinedNegatives } from './examples.js';
import type { SamplerState } from './sampler.js';
import type { TrainingTensorFlow } from './training-ops.js';

/** What a checkpoint keeps besides numbers in tensors. */
export interface RunState {
  readonly settings: { readonly [name: string]: Json };
  readonly sampler: SamplerState;
  readonly optimizerSteps: number;
  /** By set and example, as JSON. */
  readonly mined: readonly (readonly [string, Mined])[];
  readonly best: { readonly step: number; readonly value: number } | null;
  /** Evaluations since the best. */
  readonly worse: number;
  /** The step of the last evaluation. */
  readonly measuredAt: number;
}

export function minedToState(mined: MinedNegatives): RunState['mined'] {
  return Array.from(mined).flatMap(([set, own]) =>
    Array.from(own, ([example, found]) => [JSON.stringify([set, example]), found] as const),
  );
}

export function minedFromState(state: RunState['mined']): MinedNegatives {
  const mined = new Map<string, Map<string, Mined>>();
  for (const [key, found] of state) {
    const [set, example] = JSON.parse(key) as [string, string];
    const own = mined.get(set) ?? new Map<string, Mined>();
    mined.set(set, own.set(example, found));
  }
  return mined;
}

export async function weightsOf(variables: ReadonlyMap<string, tfjs.Variable>): Promise<Record<string, WeightTensor>> {
  const copies: Record<string, WeightTensor> = {};
  for (const [name, variable] of variables) {
    copies[name] = { shape: variable.shape, data: Float32Array.from(await variable.data<'float32'>()) };
  }
  return copies;
}

export function assignWeights(
  tf: TrainingTensorFlow,
  variables: ReadonlyMap<string, tfjs.Variable>,
  { tensors }: Checkpoint,
): void {
  const weights = unnamed('weights/', tensors);
  for (const [name, variable] of variables) {
    const weight = weights[name];
    if (!weight || `${weight.shape}` !== `${variable.shape}`) {
      throw settingsChanged(`The checkpoint's weight ${name} is ${weight ? `[${weight.shape}]` : 'absent'}.`, { name });
    }
    const value = tf.tensor(weight.data.slice(), [...weight.shape], 'float32');
    variable.assign(value);
    value.dispose();
  }
}

export function named(prefix: string, tensors: Readonly<Record<string, WeightTensor>>): Record<string, WeightTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

export function unnamed(prefix: string, tensors: Readonly<Record<string, WeightTensor>>): Record<string, WeightTensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

export function assertSameSettings(saved: RunState['settings'], now: RunState['settings']): void {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])];
  const changed = names.filter((name) => JSON.stringify(saved[name]) !== JSON.stringify(now[name]));
  if (changed.length === 0) return;
  const list = changed.map((name) => `${name} (${JSON.stringify(saved[name])}, now ${JSON.stringify(now[name])})`);
  throw settingsChanged(`These settings are not those of the checkpoint: ${list.join(', ')}.`, { changed });
}

function settingsChanged(why: string, details: Readonly<Record<string, unknown>>): ReferentError {
  return new ReferentError('TRAINING_SETTINGS_CHANGED', {
    what: 'The run cannot go on from its checkpoint.',
    why,
    fix: 'Go on with the settings that it was begun with, or begin a new run elsewhere.',
    details,
  });
}
