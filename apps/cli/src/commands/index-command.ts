import type { CommandContext } from '../command-context.js';
import type { IndexMoveOptions } from './index-move.js';
import type { IndexTuneOptions } from './index-tune.js';

/** `referent index move` and `referent index tune`. */
export async function indexCommand(
  context: CommandContext,
  options: IndexMoveOptions & IndexTuneOptions,
  [what]: readonly string[],
): Promise<number> {
  if (what === 'move') return (await import('./index-move.js')).indexMove(context, options);
  return (await import('./index-tune.js')).indexTune(context, options);
}
