import { fetchModel, provisionEngine } from '@referent/runtime';
import { cacheFolderOf } from '../assemble/cache.js';
import { defaultModelName } from '../assemble/model.js';
import type { CommandContext, CommonOptions } from '../command-context.js';

export interface SetupOptions extends CommonOptions {
  readonly engine: 'cpu' | 'gpu';
  readonly model: boolean;
}

export async function setup(context: CommandContext, options: SetupOptions): Promise<number> {
  await setUp(context, options);
  context.progress.finish();
  context.logger.info(`Ready. Everything is in ${cacheFolderOf(context, options)}`);
  return 0;
}

/** Builds the engine and fetches the model; what is there already is used as it is. */
export async function setUp(context: CommandContext, { engine, model, ...common }: SetupOptions): Promise<void> {
  const cacheFolder = cacheFolderOf(context, common);
  await provisionEngine({ kind: engine, cacheFolder, logger: context.logger, ...context.work });
  if (model) await fetchModel({ name: defaultModelName, cacheFolder, logger: context.logger, ...context.work });
}
