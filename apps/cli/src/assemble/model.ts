import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ReferentError } from '@referent/core';
import { findInHubCache, type Model, type OpenModelOptions, openModel } from '@referent/model';
import { type EngineInfo, fetchModel, isModelCached, modelFacts } from '@referent/runtime';
import type { CommandContext } from '../command-context.js';
import { formatBytes } from '../terminal.js';
import { cacheFolderOf, hubCacheFolderOf } from './cache.js';
import { type EngineOptions, openEngine } from './engine.js';

export const defaultModelName = 'all-minilm-l6-v2';

export interface ModelOptions extends EngineOptions {
  readonly model?: string | undefined;
  /** Instead of the model's own. */
  readonly entityLayout?: OpenModelOptions['entityLayout'];
}

/** A model and where it was found, in the words of `--model`, whatever the current folder. */
export interface OpenedModel extends Model {
  readonly location: string;
  /** What computes. */
  readonly engine: EngineInfo;
}

export interface FoundModel {
  readonly folder: string;
  readonly name: string;
  readonly location: string;
}

/** Finds the model that `--model` names: a folder, the default by its name, or an entry of the Hugging Face cache. */
export async function findModel(context: CommandContext, options: ModelOptions): Promise<FoundModel> {
  const name = options.model ?? defaultModelName;
  const cacheFolder = cacheFolderOf(context, options);
  if (name === defaultModelName) {
    if (!(await isModelCached({ name: defaultModelName, cacheFolder }))) {
      throw new ReferentError('MODEL_NOT_SET_UP', {
        what: 'The default model is not on this machine yet.',
        fix: `Run \`referent setup\` once: it fetches ${formatBytes(modelFacts(defaultModelName).downloadBytes)}.`,
      });
    }
    return { folder: await fetchModel({ name, cacheFolder, ...context.work }), name, location: name };
  }
  const folder = resolve(context.io.cwd, name);
  if (existsSync(folder)) return { folder, name: basename(folder), location: folder };
  const cached = await findInHubCache(name, hubCacheFolderOf(context));
  if (cached) return { folder: cached, name, location: name };
  throw new ReferentError('MODEL_NOT_FOUND', {
    what: `There is no model ${name}.`,
    why: `Neither a folder ${folder} nor an entry of the Hugging Face cache ${hubCacheFolderOf(context)} was found.`,
    fix: 'Give --model a folder with config.json, tokenizer.json and model.safetensors.',
    details: { name, folder },
  });
}

/** Starts the engine and opens the model on it. Closing the model closes the engine. */
export async function openModelWithEngine(context: CommandContext, options: ModelOptions): Promise<OpenedModel> {
  const { folder, name, location } = await findModel(context, options);
  const engine = await openEngine(context, options);
  try {
    const model = await openModel({
      folder,
      engine,
      name,
      entityLayout: options.entityLayout,
      signal: context.io.signal,
    });
    return {
      ...model,
      location,
      engine: engine.info,
      async close() {
        await model.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
