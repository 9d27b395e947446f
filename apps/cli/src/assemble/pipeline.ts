import type { KnowledgeBase } from '@referent/knowledge-base';
import { createLinker, type LinkerOptions } from '@referent/linker';
import type { Model } from '@referent/model';
import type { Pipeline } from '@referent/pipeline';
import { usageError } from '../command-context.js';

export interface PipelineChoices extends Pick<LinkerOptions, 'rerank' | 'threshold' | 'spellsOutAbbreviations'> {
  /** dense, names */
  readonly sources?: readonly string[];
  readonly candidates?: number;
  /** How many candidates a model's re-ranker reads where `rerank` is not said. @default 16 */
  readonly usualRerank?: number;
  readonly detector?: 'auto' | 'marked' | 'names' | 'statistical';
}

/** Puts a model and a knowledge base together as the options of a command say. */
export async function assemblePipeline(
  model: Model,
  knowledgeBase: KnowledgeBase,
  { candidates, rerank, usualRerank, threshold, sources, detector, spellsOutAbbreviations }: PipelineChoices,
): Promise<Pipeline> {
  if (typeof rerank === 'number' && !model.pairScorer) {
    throw usageError(
      `The model ${model.name} has no re-ranker, so --rerank ${rerank} cannot be done.`,
      'Leave --rerank out, or give a model with a cross-encoder.',
    );
  }
  return createLinker({
    model,
    knowledgeBase,
    detector,
    sources: sources as LinkerOptions['sources'], // checked there
    rerank: rerank ?? (model.pairScorer && usualRerank),
    threshold,
    ...(candidates !== undefined && { candidates }),
    ...(spellsOutAbbreviations !== undefined && { spellsOutAbbreviations }),
  });
}
