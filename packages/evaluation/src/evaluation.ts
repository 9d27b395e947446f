import { ReferentError } from '@referent/core';
import { type BootstrapOptions, bootstrapInterval, type Interval } from './bootstrap.js';
import type { MentionResult } from './mention-result.js';
import { createRankList, hitsAt, type Outcomes } from './outcomes.js';
import { type MacroScores, macroOf, type Scores, scoresOf } from './scores.js';
import { count, createTally, judge, type Tally } from './tally.js';

export interface EvaluationOptions {
  /** The k of recall@k, ascending. @default [1, 4, 8, 16, 32, 64] */
  readonly cutoffs?: readonly number[];
  /** Remember two ranks per mention (8 bytes), for intervals and comparisons. @default false */
  readonly keepOutcomes?: boolean;
  /** How the report's intervals are drawn, where outcomes are kept. */
  readonly bootstrap?: BootstrapOptions;
}

/** Adds mentions up, one by one: ten million need no more memory than ten, but for `keepOutcomes`. */
export interface Evaluation {
  add(result: MentionResult): void;
  /** Of what was added so far. */
  report(): EvaluationReport;
  /** @throws `EVALUATION_NO_OUTCOMES` they were not kept */
  outcomes(): Outcomes;
}

export interface EvaluationReport {
  readonly cutoffs: readonly number[];
  /** Over all mentions: the micro average. */
  readonly all: Scores;
  /** Null where no mention has a world. */
  readonly macro: MacroScores | null;
  /** By name. Mentions without a world are in none. */
  readonly worlds: readonly GroupScores[];
  /** By name. Mentions without an overlap class are in none. */
  readonly overlaps: readonly GroupScores[];
  /** Of the micro averages, where outcomes were kept and there are any. */
  readonly intervals?: ReportIntervals;
}

export interface GroupScores extends Scores {
  readonly name: string;
}

export interface ReportIntervals {
  readonly confidence: number;
  readonly accuracy: Interval;
  readonly recall: readonly (Interval & { readonly k: number })[];
}

/** @throws `EVALUATION_INVALID_OPTIONS` cutoffs that are not ascending positive integers */
export function createEvaluation({
  cutoffs = [1, 4, 8, 16, 32, 64],
  keepOutcomes = false,
  bootstrap = {},
}: EvaluationOptions = {}): Evaluation {
  assertCutoffs(cutoffs);
  const all = createTally(cutoffs);
  const worlds = new Map<string, Tally>();
  const overlaps = new Map<string, Tally>();
  const retrievedRanks = createRankList();
  const finalRanks = createRankList();

  const outcomes = (): Outcomes => {
    if (keepOutcomes) return { retrievedRanks: retrievedRanks.toArray(), finalRanks: finalRanks.toArray() };
    throw new ReferentError('EVALUATION_NO_OUTCOMES', {
      what: 'The outcomes of single mentions were not kept.',
      fix: 'Create the evaluation with `keepOutcomes: true`.',
    });
  };

  return {
    add(result) {
      const judged = judge(result);
      count(all, cutoffs, judged);
      if (result.world !== undefined) count(tallyOf(worlds, result.world, cutoffs), cutoffs, judged);
      if (result.overlap !== undefined) count(tallyOf(overlaps, result.overlap, cutoffs), cutoffs, judged);
      if (!keepOutcomes || judged.isNil) return;
      retrievedRanks.push(judged.retrievedRank);
      finalRanks.push(judged.finalRank);
    },

    report() {
      const worldScores = groupScores(worlds, cutoffs);
      return {
        cutoffs,
        all: scoresOf(all, cutoffs),
        macro: macroOf(worldScores),
        worlds: worldScores,
        overlaps: groupScores(overlaps, cutoffs),
        ...(keepOutcomes && all.total > 0 && { intervals: intervalsOf(outcomes(), cutoffs, bootstrap) }),
      };
    },

    outcomes,
  };
}

/** All at once. */
export function evaluate(results: Iterable<MentionResult>, options: EvaluationOptions = {}): EvaluationReport {
  const evaluation = createEvaluation(options);
  for (const result of results) evaluation.add(result);
  return evaluation.report();
}

function tallyOf(tallies: Map<string, Tally>, name: string, cutoffs: readonly number[]): Tally {
  const known = tallies.get(name);
  if (known) return known;
  const tally = createTally(cutoffs);
  tallies.set(name, tally);
  return tally;
}

function groupScores(tallies: ReadonlyMap<string, Tally>, cutoffs: readonly number[]): GroupScores[] {
  const names = [...tallies.keys()].sort();
  return names.map((name) => ({ name, ...scoresOf(tallies.get(name)!, cutoffs) }));
}

function intervalsOf(outcomes: Outcomes, cutoffs: readonly number[], options: BootstrapOptions): ReportIntervals {
  const { retrievedRanks, finalRanks } = outcomes;
  return {
    confidence: options.confidence ?? 0.95,
    accuracy: bootstrapInterval(hitsAt(finalRanks, 1), options),
    recall: cutoffs.map((k) => ({ k, ...bootstrapInterval(hitsAt(retrievedRanks, k), options) })),
  };
}

function assertCutoffs(cutoffs: readonly number[]): void {
  const fine = cutoffs.every((k, at) => Number.isInteger(k) && k > (cutoffs[at - 1] ?? 0));
  if (fine) return;
  throw new ReferentError('EVALUATION_INVALID_OPTIONS', {
    what: `cutoffs must be positive integers in ascending order, got ${cutoffs.join(', ')}.`,
  });
}
