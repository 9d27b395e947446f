import type { Rows } from '@referent/core';
import type { KnowledgeBase } from '@referent/knowledge-base';
import { presentKeys } from './exact-truth.js';

/** How far a query lies from the entity that it was made of, as a part of the vector's length. */
const distance = 0.3;

/**
 * Queries without mentions: vectors of entities, evenly over all of them, each moved a little, as a vector that is in
 * the index finds itself too easily. The same at every call.
 */
export async function sampleQueries(
  knowledgeBase: Pick<KnowledgeBase, 'manifest' | 'store' | 'vectors'>,
  count: number,
): Promise<Rows> {
  const { vectors, manifest } = knowledgeBase;
  const step = Math.max(1, manifest.counts.entities / count);
  const chosen: number[] = [];
  let seen = 0;
  for await (const keys of presentKeys(knowledgeBase)) {
    for (const key of keys) if (seen++ >= chosen.length * step && chosen.length < count) chosen.push(key);
  }
  const { data } = await vectors.read(Uint32Array.from(chosen));
  const { dimensions } = vectors;
  const normal = normalNumbers();
  for (let row = 0; row < chosen.length; row++) {
    const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.hypot(...vector);
    const scale = (distance * length) / Math.sqrt(dimensions);
    for (let d = 0; d < dimensions; d++) vector[d]! += scale * normal();
    const moved = Math.hypot(...vector) || 1;
    for (let d = 0; d < dimensions; d++) vector[d]! *= length / moved;
  }
  return { data, count: chosen.length };
}

function normalNumbers(): () => number {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
