import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildKnowledgeBase, type KnowledgeBase, openKnowledgeBase } from '@referent/knowledge-base';
import type { Model } from '@referent/model';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { cacheFolderOf } from './cache.js';
import { indexProvider, openAnyIndex } from './index-providers.js';
import { openWordNet } from './wordnet.js';

export interface KnowledgeBaseOptions extends CommonOptions {
  readonly kb?: string;
}

/** Opens the knowledge base that was asked for; without one, WordNet's named entities, which are built on first use. */
export async function openChosenKnowledgeBase(
  context: CommandContext,
  options: KnowledgeBaseOptions,
  model: Model,
): Promise<KnowledgeBase> {
  const folder = options.kb ? resolve(context.io.cwd, options.kb) : await demoKnowledgeBase(context, options, model);
  const knowledgeBase = await openKnowledgeBase({ folder, openIndex: openAnyIndex, model: identityOf(model) });
  for (const warning of knowledgeBase.warnings) context.logger.warn(warning);
  return knowledgeBase;
}

export function identityOf({ name, hash, entityEncoder }: Model) {
  return { name, hash, dimensions: entityEncoder.dimensions };
}

/** The folder of the demo's knowledge base for this model, built if it is not there. */
async function demoKnowledgeBase(context: CommandContext, options: CommonOptions, model: Model): Promise<string> {
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
