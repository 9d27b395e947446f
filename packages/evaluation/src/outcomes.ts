/** What happened to each mention, in the order in which they were added. */
export interface Outcomes extends RankOutcomes {
  /** Of every mention that had one, NIL too: the probability of its decision. */
  readonly probabilities: readonly number[];
  /** 1 where that decision is right, else 0. */
  readonly decidedRight: readonly number[];
}

/** Of each mention with a right entity: what a comparison of two runs needs. */
export interface RankOutcomes {
  /** Rank of the first right entity among the retrieved candidates, from 1; 0 where it is not among them. */
  readonly retrievedRanks: Uint32Array;
  /** The same in the final ranking. */
  readonly finalRanks: Uint32Array;
  /** The mention's world. */
  readonly worlds: readonly (string | undefined)[];
}

/** Values by world, for macro averages; mentions without a world are in none. */
export function byWorld(values: ArrayLike<number>, worlds: RankOutcomes['worlds']): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  worlds.forEach((world, i) => {
    if (world === undefined) return;
    const group = groups.get(world);
    if (group) group.push(values[i]!);
    else groups.set(world, [values[i]!]);
  });
  return groups;
}

/** 1 for every mention whose rank is 1 to k: the values that `bootstrapInterval` and `pairedBootstrap` take. */
export function hitsAt(ranks: Uint32Array, k: number): Uint8Array {
  return Uint8Array.from(ranks, (rank) => Number(rank > 0 && rank <= k));
}

/** Grows by doubling: four bytes a mention. */
export interface RankList {
  push(rank: number): void;
  toArray(): Uint32Array;
}

export function createRankList(): RankList {
  let ranks = new Uint32Array(1024);
  let count = 0;
  return {
    push(rank) {
      if (count === ranks.length) {
        const grown = new Uint32Array(count * 2);
        grown.set(ranks);
        ranks = grown;
      }
      ranks[count++] = rank;
    },
    toArray: () => ranks.slice(0, count),
  };
}
