import { resolve } from 'node:path';
import { describeKnowledgeBase, moveIndex } from '@referent/knowledge-base';
import { backends, indexProvider, type Quantization } from '../assemble/index-providers.js';
import { type CommandContext, type CommonOptions, usageError } from '../command-context.js';
import { write } from '../io.js';
import { formatAmount, formatBytes, formatDuration } from '../terminal.js';

export interface IndexMoveOptions extends CommonOptions {
  readonly kb: string;
  readonly to?: string;
  readonly quantization?: Quantization;
  readonly json?: boolean;
}

/** Re-indexes a knowledge base into another backend, from its vectors: nothing is encoded. */
export async function indexMove(context: CommandContext, options: IndexMoveOptions): Promise<number> {
  const { io, progress, work } = context;
  const { kb, to, quantization = 'f32', json } = options;
  if (to === undefined)
    throw usageError('Where to? --to is missing.', `Give --to ${Object.keys(backends).join(' or ')}.`);
  const index = indexProvider(to, { quantization });
  const folder = resolve(io.cwd, kb);
  const before = (await describeKnowledgeBase(folder)).manifest.index;
  const started = performance.now();
  const { counts, index: after } = await moveIndex({ folder, index, ...work });
  progress.finish();
  const milliseconds = performance.now() - started;
  const { entities } = counts;
  await write(
    io.stdout,
    json
      ? `${JSON.stringify({ folder, entities, before, after, seconds: milliseconds / 1000 })}\n`
      : `${kb}: ${formatAmount(entities, 'entity', 'entities')} moved from ${before.backend} to ${after.backend} ${quantization} in ${formatDuration(milliseconds)} (${formatBytes(before.bytes)} before, ${formatBytes(after.bytes)} now)\n`,
  );
  return 0;
}
