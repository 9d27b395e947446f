import type { CommandContext } from '../command-context.js';
import type { TrainOptions } from '../training/run.js';
import { trainBiEncoder } from './train-bi-encoder.js';

export interface DistillOptions extends TrainOptions {
  readonly teacher: string;
}

/** A bi-encoder learns from the scores of a model's re-ranker, or of a larger bi-encoder. */
export function distill(context: CommandContext, options: DistillOptions): Promise<number> {
  return trainBiEncoder(context, options);
}
