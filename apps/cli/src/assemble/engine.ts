import type { StartedEngine } from '@referent/runtime';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { cacheFolderOf } from './cache.js';

export interface EngineOptions extends CommonOptions {
  readonly engine?: 'auto' | 'cpu' | 'gpu' | 'wasm';
  readonly precision?: 'auto' | 'float32' | 'bfloat16' | 'float16';
}

export async function openEngine(context: CommandContext, options: EngineOptions): Promise<StartedEngine> {
  const { startEngine } = await import('@referent/runtime');
  return startEngine({
    engine: options.engine ?? 'auto',
    precision: options.precision ?? 'auto',
    cacheFolder: cacheFolderOf(context, options),
    projectFolder: context.io.cwd,
    ...(options.threads !== undefined && { threads: options.threads }),
    logger: context.logger,
    signal: context.io.signal,
  });
}
