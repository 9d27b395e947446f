import { type CommandContext, usageError } from '../command-context.js';
import type { TrainOptions } from '../training/run.js';

export async function train(
  context: CommandContext,
  options: TrainOptions,
  [what]: readonly string[],
): Promise<number> {
  if (what === 'cross-encoder') {
    return (await import('./train-cross-encoder.js')).trainCrossEncoder(context, options);
  }
  if (what !== 'bi-encoder')
    throw usageError(`There is no '${what}' to train.`, 'Train a bi-encoder or a cross-encoder.');
  return (await import('./train-bi-encoder.js')).trainBiEncoder(context, options);
}
