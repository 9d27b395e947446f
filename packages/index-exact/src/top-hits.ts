import type { Hits } from '@referent/core';

/** Keeps the best `k` of what it is offered. Ties: the smaller key is better. */
export interface TopHits {
  /** Offers `scores[i]` for `keys[i]`, i < count. */
  offer(keys: Uint32Array, scores: Float32Array, count: number): void;
  /** Best first. */
  hits(): Hits;
}

/** A binary heap with the worst kept hit on top: most offers are refused by one comparison. */
export function createTopHits(k: number): TopHits {
  const keys = new Uint32Array(k);
  const scores = new Float32Array(k);
  let kept = 0;

  const isWorse = (key: number, score: number, thanKey: number, thanScore: number) =>
    score < thanScore || (score === thanScore && key > thanKey);

  const place = (at: number, key: number, score: number) => {
    keys[at] = key;
    scores[at] = score;
  };

  const siftUp = (key: number, score: number) => {
    let at = kept++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isWorse(key, score, keys[parent]!, scores[parent]!)) break;
      place(at, keys[parent]!, scores[parent]!);
      at = parent;
    }
    place(at, key, score);
  };

  const replaceWorst = (key: number, score: number) => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= kept) break;
      const right = child + 1;
      if (right < kept && isWorse(keys[right]!, scores[right]!, keys[child]!, scores[child]!)) child = right;
      if (!isWorse(keys[child]!, scores[child]!, key, score)) break;
      place(at, keys[child]!, scores[child]!);
      at = child;
    }
    place(at, key, score);
  };

  return {
    offer(offeredKeys, offeredScores, count) {
      let i = 0;
      for (; i < count && kept < k; i++) siftUp(offeredKeys[i]!, offeredScores[i]!);
      let worst = scores[0]!;
      for (; i < count; i++) {
        const score = offeredScores[i]!;
        if (score < worst) continue;
        const key = offeredKeys[i]!;
        if (score === worst && key > keys[0]!) continue;
        replaceWorst(key, score);
        worst = scores[0]!;
      }
    },

    hits() {
      const order = Array.from({ length: kept }, (_, i) => i);
      order.sort((a, b) => scores[b]! - scores[a]! || keys[a]! - keys[b]!);
      return {
        keys: Uint32Array.from(order, (i) => keys[i]!),
        scores: Float32Array.from(order, (i) => scores[i]!),
      };
    },
  };
}
