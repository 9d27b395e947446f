import { ReferentError } from '@referent/core';
import { compareWorlds } from '../zeshel/worlds.js';

export interface BlinkFiguresOptions {
  /** Candidates that were asked for: BLINK's `--top_k`. */
  readonly topK: number;
}

/** One mention whose right entity is in the knowledge base: BLINK drops the others before it counts. */
export interface BlinkResult {
  readonly gold: readonly string[];
  /** Candidates of the bi-encoder, best first. */
  readonly retrieved: readonly string[];
  /** As the cross-encoder ranked them. Without it for any mention, the cross-encoder's figures are null. */
  readonly ranked?: readonly string[] | undefined;
  readonly world?: string | undefined;
}

/** Recall as blink/biencoder/zeshel_utils.py counts it, per world and over all. */
export interface BlinkWorldFigures {
  readonly world: string;
  readonly total: number;
  readonly recall: readonly { readonly k: number; readonly value: number }[];
  /** Mentions that the cross-encoder was given. */
  readonly kept: number;
  /** Of `kept`; null where none was kept. */
  readonly crossEncoderAccuracy: number | null;
}

/** The numbers that BLINK prints. */
export interface BlinkFigures {
  readonly topK: number;
  /** "support". */
  readonly support: number;
  readonly biEncoderAccuracy: number;
  /** Printed as "recall@topK", though it counts the first topK - 1 candidates. */
  readonly recallAtTopK: number;
  /** Mentions that the cross-encoder was given: the right entity is among the candidates, and without worlds among the first 100. */
  readonly kept: number;
  readonly crossEncoderNormalizedAccuracy: number | null;
  readonly overallUnnormalizedAccuracy: number | null;
  /** Null where no mention has a world. */
  readonly zeshel: {
    readonly worlds: readonly BlinkWorldFigures[];
    readonly all: Pick<BlinkWorldFigures, 'total' | 'recall'>;
    /** Over the mentions that were kept: "Micro accuracy". */
    readonly micro: number | null;
    /** Over the worlds with an accuracy above 0: "Macro accuracy". */
    readonly macro: number | null;
  } | null;
}

export interface BlinkFiguresCounter {
  add(result: BlinkResult): void;
  figures(): BlinkFigures;
}

/** Stats.rank of blink/biencoder/zeshel_utils.py. */
const ranks = [1, 4, 8, 16, 32, 64, 100, 128, 256, 512];
/** prepare_crossencoder_candidates reads no more, whatever --top_k says. */
const mostReranked = 100;

interface Tally {
  total: number;
  hits: number[];
  kept: number;
  correct: number;
}

/**
 * Counts as BLINK's own evaluation does, errors included (blink/main_dense.py, blink/biencoder/nn_prediction.py,
 * blink/crossencoder/train_cross.py). Use it to reproduce published numbers; `@referent/evaluation` counts right.
 * @throws `BLINK_COMPAT` a `topK` of 1, with which BLINK itself ends in an IndexError
 */
export function createBlinkFigures({ topK }: BlinkFiguresOptions): BlinkFiguresCounter {
  if (!Number.isInteger(topK) || topK < 2) {
    throw new ReferentError('BLINK_COMPAT', {
      what: `BLINK gives no figures for ${topK} candidate${topK === 1 ? '' : 's'}.`,
      why: 'Its loop over recall@k ends before topK, so that nothing is left to print.',
      fix: 'Ask for 2 candidates or more, or leave the compatible mode.',
      details: { topK },
    });
  }
  const cutoffs = ranks.filter((k) => k <= topK);
  const all = createTally(cutoffs);
  const worlds = new Map<string, Tally>();
  let hits1 = 0;
  let hitsBeforeLast = 0;
  let isReranked = false;

  return {
    add({ gold, retrieved, ranked, world }) {
      const list = retrieved.slice(0, topK);
      const rank = list.findIndex((id) => gold.includes(id)) + 1;
      // Zeshel's candidates go through files of their own, which hold all topK.
      const isKept = rank > 0 && (world !== undefined || rank <= mostReranked);
      const isCorrect = isKept && gold.includes(ranked?.[0] ?? '');
      isReranked ||= ranked !== undefined;
      hits1 += Number(rank === 1);
      hitsBeforeLast += Number(rank > 0 && rank < topK);
      const tallies = [all];
      if (world !== undefined) {
        const known = worlds.get(world) ?? createTally(cutoffs);
        worlds.set(world, known);
        tallies.push(known);
      }
      for (const tally of tallies) {
        tally.total++;
        cutoffs.forEach((k, at) => {
          tally.hits[at]! += Number(rank > 0 && rank <= k);
        });
        tally.kept += Number(isKept);
        tally.correct += Number(isCorrect);
      }
    },

    figures() {
      const { total: support, kept, correct } = all;
      const normalized = isReranked ? share(correct, kept) : null;
      return {
        topK,
        support,
        biEncoderAccuracy: share(hits1, support) ?? 0,
        recallAtTopK: share(hitsBeforeLast, support) ?? 0,
        kept,
        crossEncoderNormalizedAccuracy: normalized,
        overallUnnormalizedAccuracy: normalized === null ? null : (normalized * kept) / support,
        zeshel: worlds.size > 0 ? zeshelFigures(worlds, all, { cutoffs, isReranked }) : null,
      };
    },
  };
}

function zeshelFigures(
  tallies: ReadonlyMap<string, Tally>,
  all: Tally,
  { cutoffs, isReranked }: { cutoffs: readonly number[]; isReranked: boolean },
): NonNullable<BlinkFigures['zeshel']> {
  const recallOf = ({ hits, total }: Tally) => cutoffs.map((k, at) => ({ k, value: share(hits[at]!, total) ?? 0 }));
  const worlds = [...tallies.keys()].sort(compareWorlds).map((world) => {
    const tally = tallies.get(world)!;
    const { total, kept, correct } = tally;
    return {
      world,
      total,
      recall: recallOf(tally),
      kept,
      crossEncoderAccuracy: isReranked ? share(correct, kept) : null,
    };
  });
  const counted = worlds
    .map(({ crossEncoderAccuracy }) => crossEncoderAccuracy ?? 0)
    .filter((accuracy) => accuracy > 0);
  return {
    worlds,
    all: { total: all.total, recall: recallOf(all) },
    micro: isReranked ? share(all.correct, all.kept) : null,
    macro: share(
      counted.reduce((sum, accuracy) => sum + accuracy, 0),
      counted.length,
    ),
  };
}

function createTally(cutoffs: readonly number[]): Tally {
  return { total: 0, hits: cutoffs.map(() => 0), kept: 0, correct: 0 };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
