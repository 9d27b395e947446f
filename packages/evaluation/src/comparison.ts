import { type BootstrapOptions, macroPairedBootstrap, type PairedComparison, pairedBootstrap } from './bootstrap.js';
import { byWorld, hitsAt, type RankOutcomes } from './outcomes.js';

export interface CompareOptions {
  /** The k of recall@k, ascending. @default [1, 4, 8, 16, 32, 64] */
  readonly cutoffs?: readonly number[];
  readonly bootstrap?: BootstrapOptions;
}

/** Two runs over the same mentions: is the later one better, or is it chance? */
export interface Comparison {
  readonly confidence: number;
  /** Mentions with a right entity. */
  readonly mentions: number;
  readonly measures: readonly ComparedMeasure[];
}

/** The difference is `after - before`. */
export interface ComparedMeasure extends PairedComparison {
  readonly measure: string;
  /** Where the measure is of one world alone. */
  readonly world?: string;
  readonly before: number;
  readonly after: number;
}

/**
 * Accuracy and recall of two runs, over all mentions, as macro average, and accuracy in each world, by paired bootstrap.
 * Of twenty worlds one is below a p-value of .05 by chance.
 * @throws `EVALUATION_INVALID_OPTIONS` the runs have different mentions, or none
 */
export function compareOutcomes(
  before: RankOutcomes,
  after: RankOutcomes,
  { cutoffs = [1, 4, 8, 16, 32, 64], bootstrap = {} }: CompareOptions = {},
): Comparison {
  const measures: ComparedMeasure[] = [];
  const compare = (measure: string, hits: (outcomes: RankOutcomes) => Uint8Array): void => {
    const [b, a] = [hits(before), hits(after)];
    measures.push({ measure, before: mean(b), after: mean(a), ...pairedBootstrap(a, b, bootstrap) });
    const groups = worldsOf(a, b, after.worlds);
    if (groups.length < 2) return;
    measures.push({
      measure: `${measure}, macro`,
      before: mean(groups.map((group) => mean(group.b))),
      after: mean(groups.map((group) => mean(group.a))),
      ...macroPairedBootstrap(groups, bootstrap),
    });
    if (measure !== 'accuracy') return;
    for (const group of groups) {
      const compared = pairedBootstrap(group.a, group.b, bootstrap);
      measures.push({ measure, world: group.world, before: mean(group.b), after: mean(group.a), ...compared });
    }
  };
  for (const k of cutoffs) compare(`R@${k}`, ({ retrievedRanks }) => hitsAt(retrievedRanks, k));
  compare('accuracy', ({ finalRanks }) => hitsAt(finalRanks, 1));
  return { confidence: bootstrap.confidence ?? 0.95, mentions: after.finalRanks.length, measures };
}

function worldsOf(a: Uint8Array, b: Uint8Array, worlds: RankOutcomes['worlds']) {
  const before = byWorld(b, worlds);
  return [...byWorld(a, worlds)]
    .map(([world, values]) => ({ world, a: values, b: before.get(world)! }))
    .sort((one, other) => (one.world < other.world ? -1 : 1));
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
