import { resolve } from 'node:path';
import { addEntities, describeKnowledgeBase } from '@referent/knowledge-base';
import { discardAnyIndex, providerOf } from '../assemble/index-providers.js';
import { identityOf, modelOf } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { openSources, type SourceOptions } from '../assemble/sources.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { createProblemPrinter } from '../problem-printer.js';
import { formatCount } from '../terminal.js';
import { skippedNote } from './build.js';

export interface AddOptions extends ModelOptions, SourceOptions {
  readonly kb: string;
  readonly onDuplicate: 'skip' | 'replace';
  readonly onError: 'skip' | 'stop';
  readonly json?: boolean;
}

export async function add(context: CommandContext, options: AddOptions): Promise<number> {
  const { io, progress } = context;
  const folder = resolve(io.cwd, options.kb);
  const { manifest, pending } = await describeKnowledgeBase(folder);
  // Without entities, an addition that was stopped is completed.
  const sources = options.entities || pending.added === 0 ? await openSources(context, options) : [];
  const model = await openModelWithEngine(context, { ...options, model: await modelOf(context, options) });
  const printer = createProblemPrinter(context);
  try {
    const { added, replaced, problems } = await addEntities({
      folder,
      sources,
      encoder: model.entityEncoder,
      model: identityOf(model),
      index: providerOf(manifest.index, io),
      discardIndex: discardAnyIndex(io),
      logger: context.logger,
      onDuplicate: options.onDuplicate,
      onError: options.onError,
      onProblem: printer.printRecord,
      ...context.work,
    });
    progress.finish();
    printer.finish();
    const ofThem = replaced > 0 ? `, ${formatCount(replaced)} of them in place of older ones` : '';
    const summary = `${options.kb}: ${formatCount(added)} added${ofThem}${skippedNote(problems)}`;
    await write(
      io.stdout,
      options.json ? `${JSON.stringify({ folder, added, replaced, problems })}\n` : `${summary}\n`,
    );
    return 0;
  } finally {
    await model.close();
  }
}
