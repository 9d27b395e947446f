import type { CandidateScorer, CandidateSource, EntityStore, MentionDetector } from '@referent/core';
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
  type Fusion,
  memoizeMentionEncoder,
  type Pipeline,
} from '@referent/pipeline';
import { usageError } from '../command-context.js';

export interface PipelineChoices {
  readonly candidates?: number;
  readonly rerank?: number | 'off';
  /** How many candidates a model's re-ranker reads where `rerank` is not said. @default 16 */
  readonly usualRerank?: number;
  readonly threshold?: number;
  readonly sources?: readonly string[];
  readonly detector?: 'auto' | 'marked' | 'names' | 'statistical';
}

const defaultRerankDepth = 16;
const mostNamesakes = 512;

/** Puts a model and a knowledge base together: two sources, two views of the mention, one score. */
export async function assemblePipeline(
  model: Model,
  knowledgeBase: KnowledgeBase,
  choices: PipelineChoices,
): Promise<Pipeline> {
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
  const known = [...sources, ...scorers].map(({ name }) => name);
  return createPipeline({
    detector: await detectorFor(choices.detector ?? 'auto', knowledgeBase),
    sources,
    scorers,
    fusion: restrictFusion(linking.fusion, known),
    store,
    reranker: rerankerFor(model, choices),
    decision: { ...linking.decision, ...(choices.threshold !== undefined && { nilThreshold: choices.threshold }) },
    candidates,
    // Among namesakes only the context can tell: all of them are let in, even where the dense source is asked for few.
    ...(chosen.includes('names') && { limits: { names: Math.max(candidates, mostNamesakes) } }),
  });
}

/** Without a source its score does not exist, and must not be spoken of. */
function restrictFusion({ weights, missing, having }: Fusion, known: readonly string[]): Fusion {
  const only = (record: Readonly<Record<string, number>> = {}) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => known.includes(name)));
  return {
    weights: only(weights),
    missing: only(missing),
    ...(having &&
      known.includes(having.score) && {
        having: { score: having.score, weights: only(having.weights), missing: only(having.missing) },
      }),
  };
}

function rerankerFor(
  { name, pairScorer, linking }: Model,
  { rerank, usualRerank = defaultRerankDepth }: Pick<PipelineChoices, 'rerank' | 'usualRerank'>,
) {
  if (rerank === 'off') return undefined;
  if (pairScorer) {
    const { rerank: weights } = linking;
    return { scorer: pairScorer, depth: rerank ?? usualRerank, ...(weights && { weights }) };
  }
  if (rerank === undefined) return undefined;
  throw usageError(
    `The model ${name} has no re-ranker, so --rerank ${rerank} cannot be done.`,
    'Leave --rerank out, or give a model with a cross-encoder.',
  );
}

async function detectorFor(
  kind: NonNullable<PipelineChoices['detector']>,
  { names, store }: KnowledgeBase,
): Promise<MentionDetector> {
  if (kind === 'marked') return createMarkedDetector();
  if (kind === 'statistical') return createStatisticalDetector();
  const namesAreProper = await titlesAreProper(store);
  return kind === 'names'
    ? createNamesDetector({ names, namesAreProper })
    : createAutoDetector({ names, namesAreProper });
}

const sampleSize = 500;

/** Whether the titles are proper names ("Paris") or terms ("mitochondrion"), as most of the first ones are. */
async function titlesAreProper(store: EntityStore): Promise<boolean> {
  const sample = await store.get(Array.from({ length: sampleSize }, (_, i) => i + 1));
  const titles = sample.flatMap((entity) => entity?.title ?? []);
  const proper = titles.filter((title) => /\p{Lu}/u.test(title));
  return proper.length >= titles.length / 2;
}
