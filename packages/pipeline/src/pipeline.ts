import {
  assertKnownOptions,
  type CandidateScorer,
  type CandidateSource,
  type EntityStore,
  type LinkedMention,
  type MentionDetector,
  type MentionInContext,
  ReferentError,
  type Span,
  type WorkOptions,
} from '@referent/core';
import type { Decision } from './decision.js';
import { cutTask, type Document, type LinkedDocument, type Task, tasksOf } from './document.js';
import { assertFusion, type Fusion } from './fusion.js';
import { type LinkTasks, linkDocuments } from './link-documents.js';
import { linkMentions } from './link-mentions.js';
import type { Reranker } from './rerank.js';
import { timed } from './timed.js';
import { readableWindow } from './window.js';

export interface PipelineOptions {
  readonly detector: MentionDetector;
  /** Asked in this order. */
  readonly sources: readonly CandidateSource[];
  /** Asked in this order, after all sources. @default [] */
  readonly scorers?: readonly CandidateScorer[];
  readonly fusion: Fusion;
  readonly store: EntityStore;
  /** Reads mention and entity together. Without it the fused score decides. */
  readonly reranker?: Reranker | undefined;
  /** @default {} : always the best candidate */
  readonly decision?: Decision;
  /** Kept per mention after fusion, and asked of each source. @default 64 */
  readonly candidates?: number;
  /**
   * To ask more, or less, of a source, by its name. A source that cannot tell the bearers of one name apart should
   * propose them all, and leave the choice to the fusion. @default `candidates` each
   */
  readonly limits?: Readonly<Record<string, number>>;
  /** Mentions that go through the models together. @default 128 */
  readonly batchSize?: number;
  /** UTF-16 positions of text that the models get to read on each side, and of the mention itself. @default 4000 */
  readonly contextCharacters?: number;
  /**
   * Reads a mention as what its text defines it to be short for: after "embryonic stem (ES) cells", "ES cells" are
   * embryonic stem cells. Sources by names look for both. @default true
   */
  readonly spellsOutAbbreviations?: boolean;
}

export interface LinkOptions extends WorkOptions {
  /** So many candidates per mention are given back; the probabilities are those over all. @default all */
  readonly keep?: number | undefined;
}

export interface LinkTextOptions extends LinkOptions {
  /** Given mentions instead of detected ones. */
  readonly mentions?: readonly Span[] | undefined;
  /** Restricts the candidates. */
  readonly world?: string | undefined;
}

export interface Pipeline {
  /** All mentions of a text, in its order; positions are UTF-16 positions of `text` as it was given. */
  link(text: string, options?: LinkTextOptions): Promise<LinkedMention[]>;
  /** A mention that is cut out already; positions are those in `contextLeft + surface + contextRight`. */
  linkMention(mention: MentionInContext, options?: LinkOptions): Promise<LinkedMention>;
  /** Any number of documents in bounded memory, results in the order of the documents; a bad one gives an error as its result. */
  linkDocuments(
    documents: AsyncIterable<Document> | Iterable<Document>,
    options?: LinkOptions,
  ): AsyncGenerator<LinkedDocument, void, undefined>;
}

const optionNames = [
  'detector',
  'sources',
  'scorers',
  'fusion',
  'store',
  'reranker',
  'decision',
  'candidates',
  'limits',
  'batchSize',
  'contextCharacters',
  'spellsOutAbbreviations',
];

/**
 * Detect, retrieve, re-rank, decide.
 * @throws `PIPELINE_INVALID_OPTION`, `PIPELINE_INVALID_FUSION` at once;
 * `PIPELINE_BROKEN_COMPONENT` while linking, for a source or scorer that breaks its contract
 */
export function createPipeline({
  detector,
  sources,
  scorers = [],
  fusion,
  store,
  reranker,
  decision = {},
  candidates = 64,
  limits = {},
  batchSize = 128,
  contextCharacters = 4000,
  spellsOutAbbreviations = true,
  ...unknown
}: PipelineOptions): Pipeline {
  assertKnownOptions('createPipeline', unknown, optionNames);
  assertKnownOptions('decision', decision, ['temperature', 'nilScore', 'nilThreshold']);
  const cutting = { detector, spellsOut: spellsOutAbbreviations };
  const stages = { sources, scorers, fusion, store, reranker, decision, candidates, limits };
  assertNames(sources, scorers, limits);
  assertFusion(
    fusion,
    [...sources, ...scorers].map(({ name }) => name),
  );
  assertPositive({ candidates, batchSize, contextCharacters, ...limits, ...depthOf(reranker) });
  assertDecision(decision);

  function linkTasks(keep: number | undefined): LinkTasks {
    return async (tasks, options) => {
      const mentions = tasks.map(({ cut }) => readableWindow(cut(), contextCharacters));
      const verdicts = await linkMentions(mentions, stages, options);
      return keep === undefined ? verdicts : verdicts.map((v) => ({ ...v, candidates: v.candidates.slice(0, keep) }));
    };
  }

  async function linkAll(tasks: readonly Task[], options: LinkOptions): Promise<LinkedMention[]> {
    const { keep, onProgress, ...work } = options;
    const linked: LinkedMention[] = [];
    for (let from = 0; from < tasks.length; from += batchSize) {
      const batch = tasks.slice(from, from + batchSize);
      const verdicts = await linkTasks(keep)(batch, work);
      batch.forEach(({ mention }, i) => {
        linked.push({ ...mention, ...verdicts[i]! });
      });
      onProgress?.({ step: 'link mentions', done: linked.length, total: tasks.length, unit: 'mentions' });
    }
    return linked;
  }

  return {
    async link(text, { mentions, world, ...options } = {}) {
      options.signal?.throwIfAborted();
      const document = { id: '', text, ...(mentions && { mentions }), ...(world !== undefined && { world }) };
      const tasks = await timed(
        'detect',
        options,
        (inner) => tasksOf(document, cutting, inner),
        (found) => found.length,
      );
      return linkAll(tasks, options);
    },
    async linkMention(mention, options = {}) {
      const [linked] = await linkAll([cutTask(mention, cutting.spellsOut)], options);
      return linked!;
    },
    linkDocuments(documents, { keep, ...options } = {}) {
      return linkDocuments(documents, { cutting, linkTasks: linkTasks(keep), batchSize }, options);
    },
  };
}

function assertNames(
  sources: readonly CandidateSource[],
  scorers: readonly CandidateScorer[],
  limits: Readonly<Record<string, number>>,
): void {
  if (sources.length === 0) throw invalid('A pipeline needs at least one candidate source.');
  for (const list of [sources, scorers]) {
    const names = list.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw invalid(`Two sources or two scorers are called '${twice}'; scores are kept by name.`);
  }
  const unknown = Object.keys(limits).find((name) => !sources.some((source) => source.name === name));
  if (unknown !== undefined) throw invalid(`limits speaks of a source '${unknown}' that the pipeline does not have.`);
}

function assertPositive(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isInteger(value) || value < 1) throw invalid(`${name} must be a positive integer, got ${value}.`);
  }
}

function depthOf(reranker: Reranker | undefined): Record<string, number> {
  return reranker?.depth === undefined ? {} : { 'reranker.depth': reranker.depth };
}

function assertDecision({ temperature = 1, nilScore = 0, nilThreshold = 0 }: Decision): void {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw invalid(`decision.temperature must be a positive number, got ${temperature}.`);
  }
  if (Number.isNaN(nilScore) || nilScore === Number.POSITIVE_INFINITY) {
    throw invalid(`decision.nilScore must be a number or -Infinity, got ${nilScore}.`);
  }
  if (!(nilThreshold >= 0 && nilThreshold <= 1)) {
    throw invalid(`decision.nilThreshold is a probability, from 0 to 1, got ${nilThreshold}.`);
  }
}

function invalid(what: string): ReferentError {
  return new ReferentError('PIPELINE_INVALID_OPTION', { what });
}
