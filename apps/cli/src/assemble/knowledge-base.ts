import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ReferentError } from '@referent/core';
import {
  addLexicalIndex,
  buildKnowledgeBase,
  describeKnowledgeBase,
  type KnowledgeBase,
  knowledgeBaseFormat,
  type ModelIdentity,
  openKnowledgeBase,
} from '@referent/knowledge-base';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { cacheFolderOf } from './cache.js';
import type { EngineOptions } from './engine.js';
import { indexProvider, openAnyIndex } from './index-providers.js';
import type { ModelOptions, OpenedModel } from './model.js';
import { openWordNet } from './wordnet.js';

export interface KnowledgeBaseOptions extends CommonOptions {
  readonly kb?: string;
  /** Builds what is needed even where that takes long. */
  readonly patient?: boolean;
  /** `lexical` needs an index of its own, which is made when it is first asked for. */
  readonly sources?: readonly string[];
}

/** Opens the knowledge base that was asked for; without one, WordNet's named entities, which are built on first use. */
export async function openChosenKnowledgeBase(
  context: CommandContext,
  options: KnowledgeBaseOptions & Pick<EngineOptions, 'engine'>,
  model: OpenedModel,
): Promise<KnowledgeBase> {
  const folder = options.kb ? resolve(context.io.cwd, options.kb) : await demoKnowledgeBase(context, options, model);
  if (options.sources?.includes('lexical') && !(await describeKnowledgeBase(folder)).hasLexical) {
    context.logger.info('Indexing the names by their words (once) ...');
    await addLexicalIndex({ folder, ...context.work });
    context.progress.finish();
  }
  const knowledgeBase = await openKnowledgeBase({
    folder,
    openIndex: openAnyIndex(context.io),
    model: identityOf(model),
  });
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
async function demoKnowledgeBase(
  context: CommandContext,
  options: KnowledgeBaseOptions & Pick<EngineOptions, 'engine'>,
  model: OpenedModel,
): Promise<string> {
  const name = `wordnet-named-${knowledgeBaseFormat}-${model.hash.slice(0, 12)}`;
  const folder = join(cacheFolderOf(context, options), 'knowledge-bases', name);
  if (existsSync(join(folder, 'manifest.json'))) return folder;
  if (model.engine.kind === 'wasm' && options.engine !== 'wasm' && !options.patient) {
    throw new ReferentError('ENGINE_NOT_SET_UP', {
      what: "WordNet's named entities are not encoded yet, and TensorFlow is not set up on this machine.",
      why: 'Without it that takes ten times as long.',
      fix: 'Run `referent setup` once. Or give --kb for a knowledge base of your own, or --engine wasm to wait.',
    });
  }
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
