import { fetchModel, provisionEngine } from '@referent/runtime';
import { cacheFolderOf } from '../assemble/cache.js';
import { defaultModelName } from '../assemble/model.js';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';

export interface SetupOptions extends CommonOptions {
  readonly engine: 'cpu' | 'gpu';
  readonly model: boolean;
  readonly json?: boolean;
}

/** Builds the engine and fetches the model; what is there already is used as it is. */
export async function setup(context: CommandContext, options: SetupOptions): Promise<number> {
  const engine = await setUpEngine(context, options);
  const model = options.model ? await fetchDefaultModel(context, options) : null;
  context.progress.finish();
  const cache = cacheFolderOf(context, options);
  if (options.json) await write(context.io.stdout, `${JSON.stringify({ cache, engine, model })}\n`);
  else context.logger.info(`Ready. Everything is in ${cache}`);
  return 0;
}

/** Returns its folder. */
export async function setUpEngine(
  context: CommandContext,
  { engine, ...common }: CommonOptions & Pick<SetupOptions, 'engine'>,
): Promise<string> {
  const cacheFolder = cacheFolderOf(context, common);
  return (await provisionEngine({ kind: engine, cacheFolder, logger: context.logger, ...context.work })).folder;
}

/** Returns its folder. */
export function fetchDefaultModel(context: CommandContext, common: CommonOptions): Promise<string> {
  const cacheFolder = cacheFolderOf(context, common);
  return fetchModel({ name: defaultModelName, cacheFolder, logger: context.logger, ...context.work });
}
