import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReferentError } from '@referent/core';
import { findInHubCache, type Model, type OpenModelFolderOptions, openModel } from '@referent/model/node';
import { modelName, modelUrl } from '@referent/model-small-en';
import { type EngineInfo, fetchableModels, fetchModel, type ModelName } from '@referent/runtime';
import type { CommandContext } from '../command-context.js';
import { cacheFolderOf, hubCacheFolderOf } from './cache.js';
import { type EngineOptions, openEngine } from './engine.js';

/** Comes with the command line: nothing is fetched for it. */
export const defaultModelName = modelName;

export interface ModelOptions extends EngineOptions {
  readonly model?: string | undefined;
  /** Instead of the model's own. */
  readonly entityLayout?: OpenModelFolderOptions['entityLayout'];
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

/**
 * Finds the model that `--model` names: the default by its name, a known encoder, which is fetched once, a folder, or an
 * entry of the Hugging Face cache.
 */
export async function findModel(context: CommandContext, options: ModelOptions): Promise<FoundModel> {
  const name = options.model ?? defaultModelName;
  if (name === defaultModelName) return { folder: fileURLToPath(modelUrl), name, location: name };
  if (isFetchable(name)) {
    const cacheFolder = cacheFolderOf(context, options);
    const folder = await fetchModel({ name, cacheFolder, logger: context.logger, ...context.work });
    return { folder, name, location: name };
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

function isFetchable(name: string): name is ModelName {
  return (fetchableModels as readonly string[]).includes(name);
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
