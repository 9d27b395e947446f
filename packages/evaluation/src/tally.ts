import { goldOf, type MentionResult, rankOf } from './mention-result.js';

/** Counts over mentions: all that the scores are made from, whatever the number of mentions. */
export interface Tally {
  /** All mentions, NIL included. */
  mentions: number;
  /** Mentions with a right entity: the denominator of recall and accuracy. */
  total: number;
  /** Of those, with a right entity among the retrieved candidates. */
  kept: number;
  /** Of `total`, per cutoff: with a right entity among the first k retrieved. */
  readonly hits: number[];
  /** Of `total`: the first of the final ranking is right. */
  correct: number;
  /** Of `kept`, the same. */
  correctOfKept: number;
  /** Sum of 1 / rank in the final ranking. */
  reciprocalRanks: number;
  /** Mentions with `restrictTo`; those of them with an allowed id in the final ranking; where the best of these is right. */
  restricted: number;
  restrictedAnswered: number;
  restrictedCorrect: number;
  /** Decisions for an entity, and those of them that are right. */
  linked: number;
  linkedCorrect: number;
  /** Decisions for NIL, and those of them that are right. */
  nil: number;
  nilCorrect: number;
}

export function createTally(cutoffs: readonly number[]): Tally {
  return {
    mentions: 0,
    total: 0,
    kept: 0,
    hits: cutoffs.map(() => 0),
    correct: 0,
    correctOfKept: 0,
    reciprocalRanks: 0,
    restricted: 0,
    restrictedAnswered: 0,
    restrictedCorrect: 0,
    linked: 0,
    linkedCorrect: 0,
    nil: 0,
    nilCorrect: 0,
  };
}

/** One mention, judged. */
export interface Judged {
  /** No entity is meant. */
  readonly isNil: boolean;
  /** Rank of the first right entity, from 1; 0 where there is none. */
  readonly retrievedRank: number;
  readonly finalRank: number;
  /** What became of the best allowed id; undefined without a restriction. */
  readonly restricted: 'right' | 'wrong' | 'none' | undefined;
  readonly decided: string | null;
  /** The decision is right: one of the right entities, or NIL where none is meant. */
  readonly decidedCorrect: boolean;
}

export function judge(result: MentionResult): Judged {
  const gold = goldOf(result);
  const { retrieved, ranked = retrieved, decided = ranked[0] ?? null, restrictTo } = result;
  const isNil = gold.length === 0;
  const best = ranked.find((id) => restrictTo?.includes(id));
  const restricted = best === undefined ? 'none' : gold.includes(best) ? 'right' : 'wrong';
  return {
    isNil,
    retrievedRank: rankOf(retrieved, gold),
    finalRank: rankOf(ranked, gold),
    restricted: restrictTo && !isNil ? restricted : undefined,
    decided,
    decidedCorrect: decided === null ? isNil : gold.includes(decided),
  };
}

export function count(tally: Tally, cutoffs: readonly number[], judged: Judged): void {
  tally.mentions++;
  if (judged.decided === null) {
    tally.nil++;
    tally.nilCorrect += Number(judged.decidedCorrect);
  } else {
    tally.linked++;
    tally.linkedCorrect += Number(judged.decidedCorrect);
  }
  if (judged.isNil) return;

  const { retrievedRank, finalRank } = judged;
  tally.total++;
  tally.kept += Number(retrievedRank > 0);
  cutoffs.forEach((k, at) => {
    tally.hits[at]! += Number(retrievedRank > 0 && retrievedRank <= k);
  });
  tally.correct += Number(finalRank === 1);
  tally.correctOfKept += Number(finalRank === 1 && retrievedRank > 0);
  if (finalRank > 0) tally.reciprocalRanks += 1 / finalRank;
  if (judged.restricted !== undefined) {
    tally.restricted++;
    tally.restrictedAnswered += Number(judged.restricted !== 'none');
    tally.restrictedCorrect += Number(judged.restricted === 'right');
  }
}
