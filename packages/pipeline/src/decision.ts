/** When a mention is linked, and how scores become probabilities. All defaults together: always link to the best. */
export interface Decision {
  /** Scores are divided by it before the softmax: small for scores that differ little. Chosen by calibration. @default 1 */
  readonly temperature?: number;
  /** NIL takes part in the softmax like a candidate with this score. @default -Infinity: NIL has probability 0 */
  readonly nilScore?: number;
  /** NIL where the best candidate is less probable than this. @default 0 */
  readonly nilThreshold?: number;
}

/** The outcome for one mention. */
export interface Outcome {
  readonly linked: boolean;
  /** Of each candidate, in the order of the scores; with `nil` they make 1. */
  readonly probabilities: Float64Array; // [C]
  readonly nil: number;
}

/**
 * Softmax over the candidates' scores and NIL's.
 * @param scores of one mention's candidates, best first
 */
export function decide(
  scores: readonly number[],
  { temperature = 1, nilScore = Number.NEGATIVE_INFINITY, nilThreshold = 0 }: Decision = {},
): Outcome {
  if (scores.length === 0) return { linked: false, probabilities: new Float64Array(), nil: 1 };
  const largest = scores.reduce((a, b) => Math.max(a, b), nilScore);
  const exponential = (score: number) => Math.exp((score - largest) / temperature);
  const probabilities = Float64Array.from(scores, exponential);
  const nil = exponential(nilScore);
  const total = probabilities.reduce((sum, p) => sum + p, nil);
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= total;
  const best = probabilities[0]!;
  return { linked: best >= nilThreshold && best >= nil / total, probabilities, nil: nil / total };
}
