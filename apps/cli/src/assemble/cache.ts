import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultCacheFolder } from '@referent/runtime';
import type { CommandContext, CommonOptions } from '../command-context.js';

/** Where engines, models, graphs and the demo's knowledge base are kept. */
export function cacheFolderOf({ io }: CommandContext, { cache }: CommonOptions): string {
  if (cache) return resolve(io.cwd, cache);
  return defaultCacheFolder({ env: io.env, platform: process.platform, home: homedir() });
}

/** The local cache of the Hugging Face tools, for models that the user already has. */
export function hubCacheFolderOf({ io }: CommandContext): string {
  if (io.env.HF_HUB_CACHE) return io.env.HF_HUB_CACHE;
  return join(io.env.HF_HOME || join(homedir(), '.cache', 'huggingface'), 'hub');
}
