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
  readonly having?: Weighting & {
    readonly score: string;
    /**
     * How they are weighed where the mention begins with a small letter. The bearers of a proper name are told apart by
     * the topic, the senses of a common word by how it is used.
     */
    readonly inLowerCase?: Weighting;
  };
  /**
   * Counts scores by their places instead: the nth best of a mention's candidates gives weight / (this + n), the usual
   * 60 of Cormack, Clarke and Büttcher 2009. For sources whose scores cannot be compared and nothing to fit weights on.
   * @default the scores themselves
   */
  readonly reciprocalRank?: number | undefined;
}

/** The fused score of each of one mention's candidates. */
export function fuse(
  candidates: readonly Readonly<Record<string, number>>[],
  fusion: Fusion,
  surface = '',
): Float64Array {
  const { having, reciprocalRank } = fusion;
  const given = reciprocalRank === undefined ? candidates : byPlace(candidates, reciprocalRank);
  const ofBearers = isLowerCase(surface) ? (having?.inLowerCase ?? having) : having;
  return Float64Array.from(given, (scores) =>
    weigh(scores, ofBearers && scores[having!.score] !== undefined ? ofBearers : fusion),
  );
}

/** Whether a mention is written like a common word. Scripts without letter case never are. */
export function isLowerCase(surface: string): boolean {
  return /^\P{L}*\p{Ll}/u.test(surface);
}

/** Equal scores share the best of their places. */
function byPlace(candidates: Parameters<typeof fuse>[0], constant: number): Record<string, number>[] {
  const placed: Record<string, number>[] = candidates.map(() => ({}));
  for (const name of new Set(candidates.flatMap((scores) => Object.keys(scores)))) {
    const bearers = candidates.flatMap((scores, i) => (scores[name] === undefined ? [] : [[scores[name], i] as const]));
    bearers.sort(([a], [b]) => b - a);
    let place = 1;
    for (const [n, [score, i]] of bearers.entries()) {
      if (n > 0 && score !== bearers[n - 1]![0]) place = n + 1;
      placed[i]![name] = 1 / (constant + place);
    }
  }
  return placed;
}

function weigh(scores: Readonly<Record<string, number>>, { weights, missing }: Weighting): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(weights)) sum += weight * (scores[name] ?? missing?.[name] ?? 0);
  return sum;
}

/** @throws `PIPELINE_INVALID_FUSION` a name that no source or scorer has, or a number that is not finite */
export function assertFusion(fusion: Fusion, names: readonly string[]): void {
  const { having, reciprocalRank } = fusion;
  if (reciprocalRank !== undefined && !(reciprocalRank >= 0 && Number.isFinite(reciprocalRank))) {
    throw new ReferentError('PIPELINE_INVALID_FUSION', {
      what: `The fusion's reciprocalRank is ${reciprocalRank}; it must be 0 or more, and finite.`,
      details: { reciprocalRank },
    });
  }
  if (having) assertKnown(having.score, names);
  for (const { weights, missing = {} } of [fusion, having, having?.inLowerCase].filter((it) => it !== undefined)) {
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
