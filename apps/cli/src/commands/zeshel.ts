import { type CommandContext, usageError } from '../command-context.js';
import type { ZeshelEvaluateOptions } from './zeshel-evaluate.js';

export interface ZeshelOptions extends ZeshelEvaluateOptions {
  readonly compat?: boolean;
}

export async function zeshel(
  context: CommandContext,
  options: ZeshelOptions,
  [what, raw = '', out]: readonly string[],
): Promise<number> {
  if (what === 'prepare') {
    if (out === undefined) throw usageError('There is no folder to write to.', 'referent zeshel prepare RAW OUT');
    return (await import('./zeshel-prepare.js')).zeshelPrepare(context, options, { raw, out });
  }
  if (out !== undefined) throw usageError('zeshel evaluate writes no folder.', 'referent zeshel evaluate RAW');
  if (options.inBatch !== undefined) return (await import('./zeshel-in-batch.js')).zeshelInBatch(context, options, raw);
  return (await import('./zeshel-evaluate.js')).zeshelEvaluate(context, options, raw);
}
