import type { CandidateScorer, CandidateSource, MentionDetector } from '@referent/core';
import type { KnowledgeBase } from '@referent/knowledge-base';
import {
  createAutoDetector,
  createMarkedDetector,
  createNamesDetector,
  createStatisticalDetector,
} from '@referent/mention-detection';
import type { Model } from '@referent/model';
import {
  createDenseSource,
  createNamesSource,
  createPipeline,
  createVectorScorer,
  memoizeMentionEncoder,
  type Pipeline,
} from '@referent/pipeline';
import { usageError } from '../command-context.js';

export interface PipelineChoices {
  readonly candidates?: number;
  readonly rerank?: number | 'off';
  readonly threshold?: number;
  readonly sources?: readonly string[];
  readonly detector?: 'auto' | 'marked' | 'names' | 'statistical';
}

const defaultRerankDepth = 16;

/** Puts a model and a knowledge base together: two sources, two views of the mention, one score. */
export function assemblePipeline(model: Model, knowledgeBase: KnowledgeBase, choices: PipelineChoices): Pipeline {
  const { store, names, index, vectors } = knowledgeBase;
  const { linking } = model;
  const { candidates = 64, sources: chosen = ['dense', 'names'] } = choices;
  const nameEncoder = memoizeMentionEncoder(model.mentionEncoders.name);

  const sources: CandidateSource[] = [];
  if (chosen.includes('dense')) sources.push(createDenseSource({ encoder: nameEncoder, index, store }));
  if (chosen.includes('names')) sources.push(createNamesSource({ names, scores: linking.nameScores }));

  const scorers: CandidateScorer[] = [createVectorScorer({ name: 'dense', encoder: nameEncoder, vectors })];
  if (model.mentionEncoders.topic && chosen.includes('names')) {
    scorers.push(createVectorScorer({ name: 'topic', encoder: model.mentionEncoders.topic, vectors }));
  }
  const known = new Set([...sources, ...scorers].map(({ name }) => name));
  const only = <T>(record: Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => known.has(name)));

  return createPipeline({
    detector: detectorFor(choices.detector ?? 'auto', knowledgeBase),
    sources,
    scorers,
    fusion: {
      weights: only(linking.fusion.weights),
      missing: only(linking.fusion.missing),
      standardized: (linking.fusion.standardized ?? []).filter((name) => known.has(name)),
    },
    store,
    reranker: rerankerFor(model, choices.rerank),
    decision: { ...linking.decision, ...(choices.threshold !== undefined && { nilThreshold: choices.threshold }) },
    candidates,
    // Among namesakes only the context can tell: all of them are let in, even where the dense source is asked for few.
    ...(chosen.includes('names') && { limits: { names: Math.max(candidates, 64) } }),
  });
}

function rerankerFor({ name, pairScorer }: Model, rerank: number | 'off' | undefined) {
  if (rerank === 'off') return undefined;
  if (pairScorer) return { scorer: pairScorer, depth: rerank ?? defaultRerankDepth };
  if (rerank === undefined) return undefined;
  throw usageError(
    `The model ${name} has no re-ranker, so --rerank ${rerank} cannot be done.`,
    'Leave --rerank out, or give a model with a cross-encoder.',
  );
}

function detectorFor(kind: NonNullable<PipelineChoices['detector']>, { names }: KnowledgeBase): MentionDetector {
  const marked = createMarkedDetector();
  if (kind === 'marked') return marked;
  const byName = createNamesDetector({ names });
  if (kind === 'names') return byName;
  const statistical = createStatisticalDetector();
  if (kind === 'statistical') return statistical;
  return createAutoDetector({ marked, names: byName, statistical });
}
