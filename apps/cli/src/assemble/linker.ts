import type { KnowledgeBase } from '@referent/knowledge-base';
import type { Pipeline } from '@referent/pipeline';
import type { CommandContext } from '../command-context.js';
import { type KnowledgeBaseOptions, modelOf, openChosenKnowledgeBase } from './knowledge-base.js';
import { type ModelOptions, type OpenedModel, openModelWithEngine } from './model.js';
import { assemblePipeline, type PipelineChoices } from './pipeline.js';

export interface LinkerOptions extends ModelOptions, KnowledgeBaseOptions, PipelineChoices {}

/** Opens a knowledge base and its model, puts them together for `use`, and closes all whatever happens. */
export async function withLinker<T>(
  context: CommandContext,
  options: LinkerOptions,
  use: (pipeline: Pipeline, knowledgeBase: KnowledgeBase, model: OpenedModel) => Promise<T>,
): Promise<T> {
  const model = await openModelWithEngine(context, { ...options, model: await modelOf(context, options) });
  try {
    const knowledgeBase = await openChosenKnowledgeBase(context, options, model);
    try {
      return await use(await assemblePipeline(model, knowledgeBase, options), knowledgeBase, model);
    } finally {
      await knowledgeBase.close();
    }
  } finally {
    await model.close();
  }
}
