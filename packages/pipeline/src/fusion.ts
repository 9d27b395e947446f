import { ReferentError } from '@referent/core';

/** A weighted sum over named scores. */
export interface Weighting {
  /** By the name of the source or scorer. A score without a weight is shown with the candidate but does not count. */
  readonly weights: Readonly<Record<string, number>>;
  /** What counts for a candidate that lacks the score. @default 0 each */
  readonly missing?: Readonly<Record<string, number>>;
}

/**
 * How the scores of sources and scorers become one. Plain data, so that it can be chosen on development mentions and
 * stored beside a model.
 */
export interface Fusion extends Weighting {
  /**
   * Candidates that have this score are weighed like this instead. Among the bearers of a name, how much the name
   * alone resembles title and text is noise: only the topic tells them apart (docs/decisions/0003-fusion.md).
   */
  readonly having?: Weighting & { readonly score: string };
}

/** The fused score of each of one mention's candidates. */
export function fuse(candidates: readonly Readonly<Record<string, number>>[], fusion: Fusion): Float64Array {
  const { having } = fusion;
  return Float64Array.from(candidates, (scores) =>
    weigh(scores, having && scores[having.score] !== undefined ? having : fusion),
  );
}

function weigh(scores: Readonly<Record<string, number>>, { weights, missing }: Weighting): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(weights)) sum += weight * (scores[name] ?? missing?.[name] ?? 0);
  return sum;
}

/** @throws `PIPELINE_INVALID_FUSION` a name that no source or scorer has, or a number that is not finite */
export function assertFusion(fusion: Fusion, names: readonly string[]): void {
  const { having } = fusion;
  if (having) assertKnown(having.score, names);
  for (const { weights, missing = {} } of having ? [fusion, having] : [fusion]) {
    for (const [name, value] of [...Object.entries(weights), ...Object.entries(missing)]) {
      assertKnown(name, names);
      if (Number.isFinite(value)) continue;
      throw new ReferentError('PIPELINE_INVALID_FUSION', {
        what: `The fusion's number for '${name}' is ${value}; it must be finite.`,
        details: { name },
      });
    }
  }
}

function assertKnown(name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  throw new ReferentError('PIPELINE_INVALID_FUSION', {
    what: `The fusion speaks of a score '${name}' that no source or scorer gives.`,
    why: `This pipeline's scores are: ${names.join(', ')}.`,
    fix: 'Correct the name, or add the source or scorer.',
    details: { name, names },
  });
}
