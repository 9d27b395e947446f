import type { WeightTensor } from '@referent/tensor-ops';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  readonly tensors: Readonly<Record<string, WeightTensor>>;
  readonly state: Json;
}

/** `last` is where the run goes on, `best` the weights that did best on the dev metric. */
export type CheckpointName = 'last' | 'best';

export interface CheckpointStore {
  /** Replaces the checkpoint of this name; if that fails, the old one is unharmed. */
  save(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
  load(name: CheckpointName): Promise<Checkpoint | undefined>;
}
