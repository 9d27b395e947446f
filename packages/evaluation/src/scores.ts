import type { Tally } from './tally.js';

/** Shares from 0 to 1; null where there is nothing to take a share of. */
export interface Scores {
  /** All mentions, NIL included. */
  readonly mentions: number;
  /** Mentions with a right entity. */
  readonly total: number;
  /** Of those, with a right entity among the retrieved candidates. */
  readonly kept: number;
  /** A right entity is among the first k retrieved, of `total`. */
  readonly recall: readonly RecallAt[];
  /** The first of the final ranking is right, of `total`: "unnormalized", what a user sees. */
  readonly accuracy: number | null;
  /** The same, of `kept`: how good the ranking is, given that there is something to find. */
  readonly normalizedAccuracy: number | null;
  /** Mean of 1 / rank in the final ranking; 0 for a mention without a right candidate. */
  readonly meanReciprocalRank: number | null;
  /** The best of the allowed ids is right, of the mentions with `restrictTo`; `answered` had one among their candidates. */
  readonly restricted: { readonly total: number; readonly answered: number; readonly accuracy: number | null };
  /** Of decisions for an entity against mentions with a right entity. */
  readonly linking: PrecisionRecall;
  /** Of decisions for NIL against mentions where no entity is meant. */
  readonly nil: PrecisionRecall;
}

export interface RecallAt {
  readonly k: number;
  readonly value: number | null;
}

export interface PrecisionRecall {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** Means over worlds, every world counting the same. */
export type MacroScores = Pick<Scores, 'recall' | 'accuracy' | 'normalizedAccuracy' | 'meanReciprocalRank'> & {
  /** Worlds with at least one mention that has a right entity; a world in which all is wrong counts, with 0. */
  readonly worlds: number;
};

export function scoresOf(tally: Tally, cutoffs: readonly number[]): Scores {
  const { mentions, total, kept } = tally;
  return {
    mentions,
    total,
    kept,
    recall: cutoffs.map((k, at) => ({ k, value: share(tally.hits[at]!, total) })),
    accuracy: share(tally.correct, total),
    normalizedAccuracy: share(tally.correctOfKept, kept),
    meanReciprocalRank: share(tally.reciprocalRanks, total),
    restricted: {
      total: tally.restricted,
      answered: tally.restrictedAnswered,
      accuracy: share(tally.restrictedCorrect, tally.restricted),
    },
    linking: precisionRecall(tally.linkedCorrect, tally.linked, total),
    nil: precisionRecall(tally.nilCorrect, tally.nil, mentions - total),
  };
}

/** Null where no world has a mention with a right entity. Normalized accuracy skips worlds that kept nothing. */
export function macroOf(worlds: readonly Scores[]): MacroScores | null {
  const counted = worlds.filter(({ total }) => total > 0);
  const first = counted[0];
  if (!first) return null;
  return {
    worlds: counted.length,
    recall: first.recall.map(({ k }, at) => ({ k, value: mean(counted.map(({ recall }) => recall[at]!.value)) })),
    accuracy: mean(counted.map(({ accuracy }) => accuracy)),
    normalizedAccuracy: mean(counted.map(({ normalizedAccuracy }) => normalizedAccuracy)),
    meanReciprocalRank: mean(counted.map(({ meanReciprocalRank }) => meanReciprocalRank)),
  };
}

function precisionRecall(correct: number, decided: number, wanted: number): PrecisionRecall {
  return {
    precision: share(correct, decided),
    recall: share(correct, wanted),
    f1: share(2 * correct, decided + wanted),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return share(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
}
