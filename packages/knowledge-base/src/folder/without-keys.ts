import type { Hits, VectorIndex } from '@referent/core';

/**
 * An index that never answers with these keys, nor with any above `through`: asks it for more than is wanted until enough
 * remain.
 */
export function withoutKeys(index: VectorIndex, keys: Uint32Array, through = Number.POSITIVE_INFINITY): VectorIndex {
  const hidden = new Set(keys);
  const isHidden = (key: number) => key > through || hidden.has(key);
  return {
    name: index.name,
    dimensions: index.dimensions,
    get size() {
      return Math.max(0, index.size - hidden.size);
    },
    add: (added, rows) => index.add(added, rows),
    close: () => index.close(),
    async search(queries, k, options) {
      for (let wanted = k + Math.min(hidden.size, k); ; wanted *= 2) {
        const answers = await index.search(queries, wanted, options);
        const kept = answers.map((hits) => keep(hits, isHidden, k));
        const isExhausted = answers.every(({ keys: found }) => found.length < wanted);
        if (isExhausted || kept.every(({ keys: found }) => found.length === k)) return kept;
      }
    },
  };
}

function keep({ keys, scores }: Hits, isHidden: (key: number) => boolean, k: number): Hits {
  const positions: number[] = [];
  for (let i = 0; i < keys.length && positions.length < k; i++) if (!isHidden(keys[i]!)) positions.push(i);
  return {
    keys: Uint32Array.from(positions, (i) => keys[i]!),
    scores: Float32Array.from(positions, (i) => scores[i]!),
  };
}
