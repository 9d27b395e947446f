import { resolve } from 'node:path';
import { describeKnowledgeBase, type KnowledgeBaseInfo, moveIndex } from '@referent/knowledge-base';
import { type BackendChoice, backends, chosenProvider, discardAnyIndex } from '../assemble/index-providers.js';
import { type CommandContext, type CommonOptions, usageError } from '../command-context.js';
import { write } from '../io.js';
import { formatAmount, formatBytes, formatDuration } from '../terminal.js';

export interface IndexMoveOptions extends CommonOptions, BackendChoice {
  readonly kb: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** Re-indexes a knowledge base into another backend, from its vectors: nothing is encoded. */
export async function indexMove(context: CommandContext, options: IndexMoveOptions): Promise<number> {
  const { io, logger, progress, work } = context;
  const { kb, to, quantization = 'f32', json } = options;
  if (to === undefined)
    throw usageError('Where to? --to is missing.', `Give --to ${Object.keys(backends).join(' or ')}.`);
  const index = chosenProvider({ ...options, backend: to }, io);
  const folder = resolve(io.cwd, kb);
  const old = await describeKnowledgeBase(folder);
  const before = old.manifest.index;
  const sizeBefore = sizeOf(old);
  const started = performance.now();
  const { counts, index: after } = await moveIndex({
    folder,
    index,
    discardIndex: discardAnyIndex(io),
    logger,
    ...work,
  });
  progress.finish();
  const milliseconds = performance.now() - started;
  const { entities } = counts;
  const now = await describeKnowledgeBase(folder);
  await write(
    io.stdout,
    json
      ? `${JSON.stringify({ folder, entities, before, after, seconds: milliseconds / 1000 })}\n`
      : `${kb}: ${formatAmount(entities, 'entity', 'entities')} moved from ${before.backend} to ${after.backend} ${quantization} in ${formatDuration(milliseconds)} (${sizeBefore} before, ${sizeOf(now)} now)\n`,
  );
  return 0;
}

/** A server does not say how much it keeps. */
function sizeOf({ bytes, residence, manifest }: KnowledgeBaseInfo): string {
  const describe = backends[manifest.index.backend]?.describe;
  return residence && describe ? describe(residence) : formatBytes(bytes.index);
}
