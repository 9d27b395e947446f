import { provisionEngine } from '@referent/runtime';
import { cacheFolderOf } from '../assemble/cache.js';
import { openEngine } from '../assemble/engine.js';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';

export interface SetupOptions extends CommonOptions {
  readonly engine: 'cpu' | 'gpu';
  readonly json?: boolean;
}

/** Builds the engine; one that is there already is used as it is. */
export async function setup(context: CommandContext, options: SetupOptions): Promise<number> {
  const engine = await setUpEngine(context, options);
  // Its first start measures which precision is faster here: better now than under the first question.
  await (await openEngine(context, options)).close();
  context.progress.finish();
  const cache = cacheFolderOf(context, options);
  if (options.json) await write(context.io.stdout, `${JSON.stringify({ cache, engine })}\n`);
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
