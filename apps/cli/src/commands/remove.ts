import { resolve } from 'node:path';
import { describeKnowledgeBase, removeEntities } from '@referent/knowledge-base';
import { discardAnyIndex, providerOf } from '../assemble/index-providers.js';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';
import { formatCount } from '../terminal.js';

export interface RemoveOptions extends CommonOptions {
  readonly kb: string;
  readonly json?: boolean;
}

export async function remove(
  context: CommandContext,
  { kb, json }: RemoveOptions,
  ids: readonly string[],
): Promise<number> {
  const { io, logger, progress, work } = context;
  const folder = resolve(io.cwd, kb);
  const { manifest } = await describeKnowledgeBase(folder);
  const { removed } = await removeEntities({
    folder,
    ids,
    index: providerOf(manifest.index, io),
    discardIndex: discardAnyIndex(io),
    logger,
    ...work,
  });
  progress.finish();
  const unknown = new Set(ids).size - removed;
  const notFound = unknown > 0 ? `, ${formatCount(unknown)} not found` : '';
  await write(
    io.stdout,
    json ? `${JSON.stringify({ folder, removed, unknown })}\n` : `${kb}: ${formatCount(removed)} removed${notFound}\n`,
  );
  return 0;
}
