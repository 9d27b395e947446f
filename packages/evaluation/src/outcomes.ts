/** What happened to each mention with a right entity, in the order in which they were added. */
export interface Outcomes {
  /** Rank of the first right entity among the retrieved candidates, from 1; 0 where it is not among them. */
  readonly retrievedRanks: Uint32Array;
  /** The same in the final ranking. */
  readonly finalRanks: Uint32Array;
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
