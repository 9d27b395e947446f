import type { Hits, SearchOptions } from '@referent/core';
import { toHits, topOf } from './exact-search.js';
import type { UsearchPart } from './usearch-index.js';

/** A segment that is never changed again: what is removed from it is only left out. */
export interface Sealed {
  readonly file: string;
  readonly index: UsearchPart;
  readonly removed: Set<number>;
}

export type Ask = (part: UsearchPart, k: number, options: SearchOptions) => Promise<Hits[]>;

/** Asks for more than is wanted until enough remain without the removed keys. */
export async function searchSealed(
  { index, removed }: Sealed,
  ask: Ask,
  k: number,
  { keys, signal }: SearchOptions,
): Promise<Hits[]> {
  const hidden = new Set(removed);
  if (hidden.size === 0) return ask(index, k, { keys, signal });
  if (keys) return ask(index, k, { keys: keys.filter((key) => !hidden.has(key)), signal });
  for (let wanted = k + Math.min(hidden.size, k); ; wanted *= 2) {
    const found = await ask(index, wanted, { signal });
    const kept = found.map((hits) => visible(hits, hidden, k));
    const isExhausted = wanted >= index.size;
    if (isExhausted || kept.every((hits) => hits.keys.length === k)) return kept;
  }
}

function visible({ keys, scores }: Hits, hidden: ReadonlySet<number>, k: number): Hits {
  const at = [...keys.keys()].filter((rank) => !hidden.has(keys[rank]!)).slice(0, k);
  return { keys: Uint32Array.from(at, (rank) => keys[rank]!), scores: Float32Array.from(at, (rank) => scores[rank]!) };
}

/** The best k that any segment found. */
export function merged(parts: readonly Hits[][], query: number, k: number): Hits {
  const all = parts.flatMap((hits) => {
    const { keys, scores } = hits[query]!;
    return Array.from(keys, (key, rank) => ({ key, score: scores[rank]! }));
  });
  return toHits(topOf(all, k));
}
