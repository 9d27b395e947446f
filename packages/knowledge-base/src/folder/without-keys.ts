import type { Hits, VectorIndex } from '@referent/core';

/**
 * An index that never answers with these keys, which it holds: asks it for more than is wanted until enough remain.
 */
export function withoutKeys(index: VectorIndex, keys: Uint32Array): VectorIndex {
  const hidden = new Set(keys);
  return {
    name: index.name,
    dimensions: index.dimensions,
    get size() {
      return index.size - hidden.size;
    },
    add: (added, rows) => index.add(added, rows),
    close: () => index.close(),
    async search(queries, k, options) {
      for (let wanted = k + Math.min(hidden.size, k); ; wanted *= 2) {
        const answers = await index.search(queries, wanted, options);
        const kept = answers.map((hits) => keep(hits, hidden, k));
        const isExhausted = answers.every(({ keys: found }) => found.length < wanted);
        if (isExhausted || kept.every(({ keys: found }) => found.length === k)) return kept;
      }
    },
  };
}

function keep({ keys, scores }: Hits, hidden: ReadonlySet<number>, k: number): Hits {
  const positions: number[] = [];
  for (let i = 0; i < keys.length && positions.length < k; i++) if (!hidden.has(keys[i]!)) positions.push(i);
  return {
    keys: Uint32Array.from(positions, (i) => keys[i]!),
    scores: Float32Array.from(positions, (i) => scores[i]!),
  };
}
