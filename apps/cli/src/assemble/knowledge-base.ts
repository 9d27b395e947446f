import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  buildKnowledgeBase,
  describeKnowledgeBase,
  type KnowledgeBase,
  type ModelIdentity,
  openKnowledgeBase,
} from '@referent/knowledge-base';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { cacheFolderOf } from './cache.js';
import { indexProvider, openAnyIndex } from './index-providers.js';
import type { ModelOptions, OpenedModel } from './model.js';
import { openWordNet } from './wordnet.js';

export interface KnowledgeBaseOptions extends CommonOptions {
  readonly kb?: string;
}

/** Opens the knowledge base that was asked for; without one, WordNet's named entities, which are built on first use. */
export async function openChosenKnowledgeBase(
  context: CommandContext,
  options: KnowledgeBaseOptions,
  model: OpenedModel,
): Promise<KnowledgeBase> {
  const folder = options.kb ? resolve(context.io.cwd, options.kb) : await demoKnowledgeBase(context, options, model);
  const knowledgeBase = await openKnowledgeBase({ folder, openIndex: openAnyIndex, model: identityOf(model) });
  for (const warning of knowledgeBase.warnings) context.logger.warn(warning);
  return knowledgeBase;
}

export function identityOf({ name, hash, entityEncoder, location }: OpenedModel): ModelIdentity {
  return { name, hash, dimensions: entityEncoder.dimensions, location };
}

/** What `--model` says; else the model that the knowledge base was built with; else, without one, the default. */
export async function modelOf(
  { io }: CommandContext,
  { model, kb }: Pick<ModelOptions & KnowledgeBaseOptions, 'model' | 'kb'>,
): Promise<string | undefined> {
  if (kb === undefined) return model;
  const { manifest } = await describeKnowledgeBase(resolve(io.cwd, kb)); // also before --model: it must exist
  return model ?? manifest.model.location;
}

/** The folder of the demo's knowledge base for this model, built if it is not there. */
async function demoKnowledgeBase(context: CommandContext, options: CommonOptions, model: OpenedModel): Promise<string> {
  const folder = join(cacheFolderOf(context, options), 'knowledge-bases', `wordnet-named-${model.hash.slice(0, 12)}`);
  if (existsSync(join(folder, 'manifest.json'))) return folder;
  context.logger.info("Building a knowledge base of WordNet's named entities (once) ...");
  await buildKnowledgeBase({
    folder,
    sources: [await openWordNet('named')],
    encoder: model.entityEncoder,
    model: identityOf(model),
    index: indexProvider('usearch'),
    logger: context.logger,
    ...context.work,
  });
  context.progress.finish();
  return folder;
}
