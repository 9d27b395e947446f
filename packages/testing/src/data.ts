import type { Rows } from '@referent/core';

/** Uniform numbers in [0, 1), the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface GaussianRowsOptions {
  readonly count: number;
  readonly dimensions: number;
  /** @default 1 */
  readonly seed?: number;
}

/** Independent standard normal values: the hard case for an approximate index, as no structure helps it. */
export function gaussianRows({ count, dimensions, seed = 1 }: GaussianRowsOptions): Rows {
  const normal = normalNumbers(seed);
  return { data: Float32Array.from({ length: count * dimensions }, normal), count };
}

export interface ClusteredRowsOptions extends GaussianRowsOptions {
  /** @default 20 */
  readonly clusters?: number;
  /** Standard deviation around a centre; the centres have 1. @default 0.3 */
  readonly spread?: number;
  /** Draws other rows around the same centres: queries for stored rows. @default seed */
  readonly sampleSeed?: number;
}

/** Rows around common centres: what embeddings of real entities look like. */
export function clusteredRows({
  count,
  dimensions,
  seed = 1,
  clusters = 20,
  spread = 0.3,
  sampleSeed = seed,
}: ClusteredRowsOptions): Rows {
  const centres = gaussianRows({ count: clusters, dimensions, seed }).data;
  const normal = normalNumbers(sampleSeed + 0x9e3779b9);
  const pick = seededRandom(sampleSeed + 0x51ed270b);
  const data = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const centre = Math.floor(pick() * clusters) * dimensions;
    for (let d = 0; d < dimensions; d++) data[row * dimensions + d] = centres[centre + d]! + spread * normal();
  }
  return { data, count };
}

/** The same rows at length 1. Zero rows stay zero. */
export function unitRows({ data, count }: Rows): Rows {
  const dimensions = data.length / count;
  const unit = data.slice();
  for (let row = 0; row < count; row++) {
    const vector = unit.subarray(row * dimensions, (row + 1) * dimensions);
    const norm = Math.hypot(...vector);
    if (norm > 0) for (let d = 0; d < dimensions; d++) vector[d]! /= norm;
  }
  return { data: unit, count };
}

/** Writes vectors out: `rowsOf([1, 0], [0, 2])`. */
export function rowsOf(...vectors: readonly (readonly number[])[]): Rows {
  return { data: Float32Array.from(vectors.flat()), count: vectors.length };
}

function normalNumbers(seed: number): () => number {
  const uniform = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
