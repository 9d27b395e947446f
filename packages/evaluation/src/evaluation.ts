import { assertKnownOptions, ReferentError } from '@referent/core';
import { type BootstrapOptions, bootstrapInterval, type Interval, macroBootstrapInterval } from './bootstrap.js';
import { type Calibration, type CalibrationOptions, calibrationOf } from './calibration.js';
import type { Comparison } from './comparison.js';
import type { MentionResult } from './mention-result.js';
import { byWorld, createRankList, hitsAt, type Outcomes } from './outcomes.js';
import { type MacroScores, macroOf, type Scores, scoresOf } from './scores.js';
import { count, createTally, type Judged, judge, type Tally } from './tally.js';

export interface EvaluationOptions {
  /** The k of recall@k, ascending. @default [1, 4, 8, 16, 32, 64] */
  readonly cutoffs?: readonly number[];
  /** Remember ranks, world and probability of each mention (some 32 bytes): for intervals, calibration, comparisons. @default false */
  readonly keepOutcomes?: boolean;
  /** How the report's intervals are drawn, where outcomes are kept. */
  readonly bootstrap?: BootstrapOptions;
  /** How the report's calibration is computed, where outcomes are kept. */
  readonly calibration?: CalibrationOptions;
}

/** Adds mentions up, one by one: ten million need no more memory than ten, but for `keepOutcomes`. */
export interface Evaluation {
  /** Gives back how the mention was judged. */
  add(result: MentionResult): Judged;
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
  /** Where outcomes were kept and there are any. */
  readonly intervals?: ReportIntervals;
  /** Of the decisions, where outcomes were kept and mentions gave a probability. */
  readonly calibration?: Calibration;
  /** With an earlier run over the same mentions: what `compareOutcomes` gave, for the formats to show. */
  readonly comparison?: Comparison;
}

export interface GroupScores extends Scores {
  readonly name: string;
}

export interface ReportIntervals extends AverageIntervals {
  readonly confidence: number;
  /** Of the macro averages, where there are worlds. */
  readonly macro?: AverageIntervals;
}

export interface AverageIntervals {
  readonly accuracy: Interval;
  readonly recall: readonly (Interval & { readonly k: number })[];
}

/** @throws `EVALUATION_INVALID_OPTIONS` cutoffs that are not ascending positive integers */
export function createEvaluation({
  cutoffs = [1, 4, 8, 16, 32, 64],
  keepOutcomes = false,
  bootstrap = {},
  calibration = {},
  ...unknown
}: EvaluationOptions = {}): Evaluation {
  assertKnownOptions('createEvaluation', unknown, ['cutoffs', 'keepOutcomes', 'bootstrap', 'calibration']);
  assertCutoffs(cutoffs);
  const all = createTally(cutoffs);
  const worlds = new Map<string, Tally>();
  const overlaps = new Map<string, Tally>();
  const retrievedRanks = createRankList();
  const finalRanks = createRankList();

  const worldNames: (string | undefined)[] = [];
  const probabilities: number[] = [];
  const decidedRight: number[] = [];

  const outcomes = (): Outcomes => {
    if (keepOutcomes) {
      return {
        retrievedRanks: retrievedRanks.toArray(),
        finalRanks: finalRanks.toArray(),
        worlds: worldNames,
        probabilities,
        decidedRight,
      };
    }
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
      if (!keepOutcomes) return judged;
      if (result.probability !== undefined) {
        probabilities.push(result.probability);
        decidedRight.push(Number(judged.decidedCorrect));
      }
      if (judged.isNil) return judged;
      retrievedRanks.push(judged.retrievedRank);
      finalRanks.push(judged.finalRank);
      worldNames.push(result.world);
      return judged;
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
        ...(probabilities.length > 0 && { calibration: calibrationOf(probabilities, decidedRight, calibration) }),
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
  const { retrievedRanks, finalRanks, worlds } = outcomes;
  const averages = (intervalOf: (hits: Uint8Array) => Interval): AverageIntervals => ({
    accuracy: intervalOf(hitsAt(finalRanks, 1)),
    recall: cutoffs.map((k) => ({ k, ...intervalOf(hitsAt(retrievedRanks, k)) })),
  });
  return {
    confidence: options.confidence ?? 0.95,
    ...averages((hits) => bootstrapInterval(hits, options)),
    ...(worlds.some((world) => world !== undefined) && {
      macro: averages((hits) => macroBootstrapInterval([...byWorld(hits, worlds).values()], options)),
    }),
  };
}

function assertCutoffs(cutoffs: readonly number[]): void {
  const fine = cutoffs.every((k, at) => Number.isInteger(k) && k > (cutoffs[at - 1] ?? 0));
  if (fine) return;
  throw new ReferentError('EVALUATION_INVALID_OPTIONS', {
    what: `cutoffs must be positive integers in ascending order, got ${cutoffs.join(', ')}.`,
  });
}
