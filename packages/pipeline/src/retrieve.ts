import {
  type CandidateScorer,
  type CandidateSource,
  type KeyScores,
  type MentionInContext,
  ReferentError,
  type WorkOptions,
} from '@referent/core';
import { type Fusion, fuse } from './fusion.js';
import { timed } from './timed.js';

/** A candidate of the first stage, before its entity is read. */
export interface Retrieved {
  readonly key: number;
  readonly sources: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
  readonly retrievalScore: number;
}

export interface RetrieveStage {
  readonly sources: readonly CandidateSource[];
  readonly scorers: readonly CandidateScorer[];
  readonly fusion: Fusion;
  readonly candidates: number;
  readonly limits: Readonly<Record<string, number>>;
}

interface Evidence {
  readonly sources: string[];
  readonly scores: Record<string, number>;
}

/** Asks all sources, lets all scorers complete the picture, fuses, and keeps the best of each mention. */
export async function retrieve(
  mentions: readonly MentionInContext[],
  { sources, scorers, fusion, candidates, limits }: RetrieveStage,
  options: WorkOptions,
): Promise<Retrieved[][]> {
  const pools = mentions.map(() => new Map<number, Evidence>());
  for (const source of sources) {
    const limit = limits[source.name] ?? candidates;
    const answers = await timed(
      `retrieve ${source.name}`,
      options,
      (inner) => source.retrieve(mentions, { ...inner, limit }),
      mentions.length,
    );
    assertAnswers(source.name, answers.length, mentions.length);
    answers.forEach((answer, i) => {
      addAll(pools[i]!, source.name, answer);
    });
  }
  for (const scorer of scorers) await complete(mentions, pools, scorer, options);
  return pools.map((pool, i) => ranked(pool, fusion, mentions[i]!.surface).slice(0, candidates));
}

function addAll(pool: Map<number, Evidence>, name: string, { keys, scores }: KeyScores): void {
  assertAnswers(name, scores.length, keys.length);
  keys.forEach((key, j) => {
    const evidence = pool.get(key) ?? { sources: [], scores: {} };
    evidence.sources.push(name);
    setScore(evidence, name, scores[j]!);
    pool.set(key, evidence);
  });
}

/** Only what is missing is asked: a scorer that bears a source's name leaves the source's scores as they are. */
async function complete(
  mentions: readonly MentionInContext[],
  pools: readonly Map<number, Evidence>[],
  scorer: CandidateScorer,
  options: WorkOptions,
): Promise<void> {
  const asked = pools.flatMap((pool, i) => {
    const keys = Uint32Array.from([...pool].flatMap(([key, { scores }]) => (scorer.name in scores ? [] : key)));
    return keys.length > 0 ? [{ mention: mentions[i]!, pool, keys }] : [];
  });
  if (asked.length === 0) return;
  const answers = await timed(
    `score ${scorer.name}`,
    options,
    (inner) =>
      scorer.score(
        asked.map(({ mention }) => mention),
        asked.map(({ keys }) => keys),
        inner,
      ),
    asked.length,
  );
  assertAnswers(scorer.name, answers.length, asked.length);
  asked.forEach(({ pool, keys }, i) => {
    assertAnswers(scorer.name, answers[i]!.length, keys.length);
    keys.forEach((key, j) => {
      setScore(pool.get(key)!, scorer.name, answers[i]![j]!);
    });
  });
}

function setScore({ scores }: Evidence, name: string, score: number): void {
  if (Number.isFinite(score)) scores[name] = score;
}

function ranked(pool: Map<number, Evidence>, fusion: Fusion, surface: string): Retrieved[] {
  const entries = [...pool];
  const fused = fuse(
    entries.map(([, { scores }]) => scores),
    fusion,
    surface,
  );
  return entries
    .map(([key, { sources, scores }], i) => ({ key, sources, scores, retrievalScore: fused[i]! }))
    .sort((a, b) => b.retrievalScore - a.retrievalScore || a.key - b.key);
}

export function assertAnswers(name: string, answers: number, questions: number): void {
  if (answers === questions) return;
  throw new ReferentError('PIPELINE_BROKEN_COMPONENT', {
    what: `'${name}' gave ${answers} answers to ${questions} questions.`,
    why: 'Every source and scorer answers each question, in order: that is how answers find their mentions.',
    fix: 'Run the contract suite of @referent/testing on it.',
    details: { name, answers, questions },
  });
}
