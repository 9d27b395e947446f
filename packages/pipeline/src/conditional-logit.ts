/** One of several alternatives is taken. */
export interface Choice {
  readonly features: readonly (readonly number[])[]; // [A, F]
  /** Added to the alternatives' logits as they are. */
  readonly offsets: readonly number[]; // [A]
  readonly isRight: readonly boolean[]; // [A]
  readonly weight: number;
}

interface Slope {
  readonly loss: number;
  readonly gradient: number[]; // [F]
  readonly curvature: number[][]; // [F, F]
}

const mostRounds = 100;
/** Where the weights are taken to be, as far as the choices do not speak. */
export interface Prior {
  readonly weights: readonly number[];
  /** Half of it, times the squared distance, is added to the mean loss. */
  readonly strength: number;
}

/**
 * Weights under which the right alternatives are most probable, each with probability proportional to
 * exp(features . weights + offset): Newton's method, damped until every step improves.
 */
export function conditionalLogit(choices: readonly Choice[], prior: Prior): number[] {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let weights = [...prior.weights];
  let slope = slopeAt(choices, weights, total, prior);
  let damping = 1e-3;
  for (let round = 0; round < mostRounds && damping < 1e9; round++) {
    const damped = slope.curvature.map((row, i) =>
      row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value)),
    );
    const step = solve(damped, slope.gradient);
    const next = weights.map((weight, i) => weight - step[i]!);
    const there = slopeAt(choices, next, total, prior);
    if (!(there.loss < slope.loss)) {
      damping *= 8;
      continue;
    }
    const gain = slope.loss - there.loss;
    weights = next;
    slope = there;
    damping /= 4;
    if (gain < 1e-10) break;
  }
  return weights;
}

/** Mean negative log-likelihood, its gradient, and the Fisher information, which is never negative. */
function slopeAt(choices: readonly Choice[], weights: readonly number[], total: number, prior: Prior): Slope {
  const size = weights.length;
  const { strength } = prior;
  const away = weights.map((weight, i) => weight - prior.weights[i]!);
  const gradient = away.map((distance) => strength * distance);
  const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? strength : 0)));
  let loss = away.reduce((sum, distance) => sum + (strength / 2) * distance * distance, 0);
  for (const { features, offsets, isRight, weight } of choices) {
    const logits = features.map((row, a) => row.reduce((sum, value, f) => sum + value * weights[f]!, offsets[a]!));
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const masses = logits.map((logit) => Math.exp(logit - largest));
    const all = masses.reduce((a, b) => a + b, 0);
    const right = masses.reduce((sum, mass, a) => (isRight[a] ? sum + mass : sum), 0);
    const share = weight / total;
    loss -= share * Math.log(Math.max(right, Number.MIN_VALUE) / all);
    const mean = new Float64Array(size);
    const wanted = new Float64Array(size);
    const square = new Float64Array(size * size);
    for (const [a, row] of features.entries()) {
      const p = masses[a]! / all;
      const q = isRight[a] && right > 0 ? masses[a]! / right : 0;
      for (let i = 0; i < size; i++) {
        const value = row[i]!;
        if (value === 0) continue;
        mean[i]! += p * value;
        wanted[i]! += q * value;
        for (let j = 0; j <= i; j++) square[i * size + j]! += p * value * row[j]!;
      }
    }
    for (let i = 0; i < size; i++) {
      gradient[i]! += share * (mean[i]! - wanted[i]!);
      for (let j = 0; j <= i; j++) {
        const value = share * (square[i * size + j]! - mean[i]! * mean[j]!);
        curvature[i]![j]! += value;
        if (i !== j) curvature[j]![i]! += value;
      }
    }
  }
  return { loss, gradient, curvature };
}

/** Gaussian elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let j = column; j <= size; j++) rows[i]![j]! -= factor * rows[column]![j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}
