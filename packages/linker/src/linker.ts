import {
  assertKnownOptions,
  type CandidateScorer,
  type CandidateSource,
  type MentionDetector,
  ReferentError,
} from '@referent/core';
import {
  createDenseSource,
  createNamesSource,
  createPipeline,
  createVectorScorer,
  type Fusion,
  memoizeMentionEncoder,
  type Pipeline,
  type PipelineOptions,
  type Reranker,
} from '@referent/pipeline';
import { createDetector, type DetectorKind, detectorKinds } from './detectors.js';
import type { LinkerKnowledge, LinkerModel } from './parts.js';

export interface LinkerOptions
  extends Pick<PipelineOptions, 'candidates' | 'batchSize' | 'contextCharacters' | 'spellsOutAbbreviations'> {
  /** Stays the caller's: it is not closed with anything here. */
  readonly model: LinkerModel;
  /** Encoded with the same model. Stays the caller's. */
  readonly knowledgeBase: LinkerKnowledge;
  /**
   * What finds the mentions, by kind or one of your own. `auto` takes `[[marks]]` where a text has them, else the names
   * of the knowledge base and what looks like a name.
   * @default 'auto'
   */
  readonly detector?: DetectorKind | MentionDetector | undefined;
  /**
   * Where candidates come from: the index, the names of the entities, the words of these names (which the knowledge base
   * must have indexed).
   * @default ['dense', 'names']
   */
  readonly sources?: readonly SourceKind[] | undefined;
  /** How scores become one. @default the model's own */
  readonly fusion?: Fusion | undefined;
  /** How many of each mention's best candidates the re-ranker reads. @default 16 where the model has one */
  readonly rerank?: number | 'off' | undefined;
  /** A mention whose best candidate is less probable stays unlinked. @default the model's own */
  readonly threshold?: number | undefined;
}

const sourceKinds = ['dense', 'names', 'lexical'] as const;
export type SourceKind = (typeof sourceKinds)[number];

const optionNames = [
  'model',
  'knowledgeBase',
  'detector',
  'sources',
  'fusion',
  'rerank',
  'threshold',
  'candidates',
  'batchSize',
  'contextCharacters',
  'spellsOutAbbreviations',
];
const mostNamesakes = 512;

/**
 * Puts a model and a knowledge base together: two sources, two views of the mention, one score. Platform-free: what it
 * needs comes in through the interfaces of `@referent/core`.
 * @throws `LINKER_INVALID_OPTION` an unknown detector or source; `LINKER_NO_RERANKER` `rerank` is a number and the model
 * has no re-ranker; `LINKER_NO_LEXICAL` the words of the names are not indexed; `PIPELINE_INVALID_OPTION` as `createPipeline`
 */
export async function createLinker({
  model,
  knowledgeBase,
  detector = 'auto',
  sources: chosen = ['dense', 'names'],
  fusion,
  rerank,
  threshold,
  candidates = 64,
  batchSize,
  contextCharacters,
  spellsOutAbbreviations,
  ...unknown
}: LinkerOptions): Promise<Pipeline> {
  assertKnownOptions('createLinker', unknown, optionNames);
  assertOneOf('source', chosen, sourceKinds);
  if (typeof detector === 'string') assertOneOf('detector', [detector], detectorKinds);
  const { store, names, lexical, index, vectors } = knowledgeBase;
  const { linking, mentionEncoders } = model;
  const nameEncoder = memoizeMentionEncoder(mentionEncoders.name);

  const sources: CandidateSource[] = [];
  if (chosen.includes('dense')) sources.push(createDenseSource({ encoder: nameEncoder, index, store }));
  if (chosen.includes('names')) sources.push(createNamesSource({ names, scores: linking.nameScores }));
  if (chosen.includes('lexical')) sources.push(lexical ?? noLexical());

  const scorers: CandidateScorer[] = [createVectorScorer({ name: 'dense', encoder: nameEncoder, vectors })];
  if (mentionEncoders.topic && chosen.includes('names')) {
    scorers.push(createVectorScorer({ name: 'topic', encoder: mentionEncoders.topic, vectors }));
  }
  const known = [...sources, ...scorers].map(({ name }) => name);
  return createPipeline({
    detector: typeof detector === 'string' ? await createDetector(detector, knowledgeBase) : detector,
    sources,
    scorers,
    fusion: restrictFusion(fusion ?? linking.fusion, known),
    store,
    reranker: rerankerOf(model, rerank),
    decision: { ...linking.decision, ...(threshold !== undefined && { nilThreshold: threshold }) },
    candidates,
    // Among namesakes only the context can tell: all of them are let in, even where the dense source is asked for few.
    ...(chosen.includes('names') && { limits: { names: Math.max(candidates, mostNamesakes) } }),
    ...(batchSize !== undefined && { batchSize }),
    ...(contextCharacters !== undefined && { contextCharacters }),
    ...(spellsOutAbbreviations !== undefined && { spellsOutAbbreviations }),
  });
}

/** Without a source its score does not exist, and must not be spoken of. */
function restrictFusion({ weights, missing = {}, having, reciprocalRank }: Fusion, known: readonly string[]): Fusion {
  const only = (record: Readonly<Record<string, number>> = {}) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => known.includes(name)));
  const restricted = (own: Pick<Fusion, 'weights' | 'missing'>) => ({
    weights: only(own.weights),
    missing: only(own.missing),
  });
  return {
    ...restricted({ weights, missing }),
    reciprocalRank,
    ...(having &&
      known.includes(having.score) && {
        having: {
          score: having.score,
          ...restricted(having),
          ...(having.inLowerCase && { inLowerCase: restricted(having.inLowerCase) }),
        },
      }),
  };
}

function rerankerOf({ name, pairScorer, linking }: LinkerModel, rerank: LinkerOptions['rerank']): Reranker | undefined {
  if (rerank === 'off') return undefined;
  if (pairScorer) {
    const { rerank: weights } = linking;
    return { scorer: pairScorer, ...(rerank !== undefined && { depth: rerank }), ...(weights && { weights }) };
  }
  if (rerank === undefined) return undefined;
  throw new ReferentError('LINKER_NO_RERANKER', {
    what: `The model ${name} has no re-ranker, so ${rerank} candidates cannot be re-ranked.`,
    fix: 'Leave rerank out, or take a model with a cross-encoder.',
    details: { model: name, rerank },
  });
}

function noLexical(): never {
  throw new ReferentError('LINKER_NO_LEXICAL', {
    what: "The source 'lexical' searches an index of the names' words, which this knowledge base does not have.",
    fix: 'Make it once with addLexicalIndex of @referent/knowledge-base (knowledge bases in memory cannot), or leave the source out.',
  });
}

function assertOneOf(what: string, given: readonly string[], known: readonly string[]): void {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new ReferentError('LINKER_INVALID_OPTION', {
    what: `There is no ${what} '${wrong}'.`,
    fix: `Use ${known.join(' or ')}.`,
    details: { given, known },
  });
}
