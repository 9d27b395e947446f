import { ReferentError } from '@referent/core';

/**
 * How the scores of sources and scorers become one: a weighted sum over named scores. Plain data, so that it can be
 * chosen on development mentions and stored beside a model.
 */
export interface Fusion {
  /** By the name of the source or scorer. A score without a weight is shown with the candidate but does not count. */
  readonly weights: Readonly<Record<string, number>>;
  /** What counts for a candidate that lacks the score; after standardising where the score is standardised. @default 0 each */
  readonly missing?: Readonly<Record<string, number>>;
  /**
   * Scores that are compared within the mention only: minus the mean, over the standard deviation, of the mention's
   * candidates that have the score (all 0 where these do not differ).
   * @default []
   */
  readonly standardized?: readonly string[];
}

/** The fused score of each of one mention's candidates. */
export function fuse(candidates: readonly Readonly<Record<string, number>>[], fusion: Fusion): Float64Array {
  const fused = new Float64Array(candidates.length); // [C]
  for (const [name, weight] of Object.entries(fusion.weights)) {
    const { mean, deviation } = fusion.standardized?.includes(name) ? moments(candidates, name) : raw;
    const missing = fusion.missing?.[name] ?? 0;
    candidates.forEach((scores, i) => {
      const score = scores[name];
      fused[i]! += weight * (score === undefined ? missing : (score - mean) / deviation);
    });
  }
  return fused;
}

const raw = { mean: 0, deviation: 1 };

function moments(candidates: readonly Readonly<Record<string, number>>[], name: string) {
  const values = candidates.flatMap((scores) => scores[name] ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Equal scores rarely have a variance of exactly 0 in floating point; their noise must not be blown up.
  return { mean, deviation: variance > 1e-12 * mean ** 2 ? Math.sqrt(variance) : Number.POSITIVE_INFINITY };
}

/** @throws `PIPELINE_INVALID_FUSION` a name that no source or scorer has, or a number that is not finite */
export function assertFusion(fusion: Fusion, names: readonly string[]): void {
  const { weights, missing = {}, standardized = [] } = fusion;
  for (const name of [...Object.keys(weights), ...Object.keys(missing), ...standardized]) {
    if (names.includes(name)) continue;
    throw new ReferentError('PIPELINE_INVALID_FUSION', {
      what: `The fusion speaks of a score '${name}' that no source or scorer gives.`,
      why: `This pipeline's scores are: ${names.join(', ')}.`,
      fix: 'Correct the name, or add the source or scorer.',
      details: { name, names },
    });
  }
  for (const [name, value] of [...Object.entries(weights), ...Object.entries(missing)]) {
    if (Number.isFinite(value)) continue;
    throw new ReferentError('PIPELINE_INVALID_FUSION', {
      what: `The fusion's number for '${name}' is ${value}; it must be finite.`,
      details: { name },
    });
  }
}
