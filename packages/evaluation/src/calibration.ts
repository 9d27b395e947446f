import { ReferentError } from '@referent/core';

export interface CalibrationOptions {
  /** Bins of both kinds. @default 15 */
  readonly bins?: number;
}

/** Decisions of about the same probability. */
export interface CalibrationBin {
  /** The probabilities that it takes: from `low` (not included, but for 0) to `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability of its decisions; null where it has none. */
  readonly probability: number | null;
  /** Share of them that is right. */
  readonly right: number | null;
}

/** Whether of the decisions with probability p a share of p is right. */
export interface Calibration {
  readonly count: number;
  /** Mean probability. */
  readonly probability: number;
  /** Share that is right. */
  readonly right: number;
  /** Expected calibration error over bins of equal width: mean distance of probability and share, by decisions. */
  readonly error: number;
  /** The same over bins that hold equally many decisions: most of them stand near 1, where equal widths see little. */
  readonly equalMassError: number;
  /** Mean square of what lies between a probability and the outcome, 0 or 1: rewards calibration and sharpness. */
  readonly brier: number;
  /** Those of equal width, for the reliability plot. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Calibration of decisions (Guo et al. 2017, sections 2 and 3; bins of equal mass as Nguyen and O'Connor 2015).
 * @param probabilities of each decision, from 0 to 1
 * @param right 1 where the decision is right, else 0
 * @throws `EVALUATION_INVALID_OPTIONS` no decisions, lists of different length, or a number out of range
 */
export function calibrationOf(
  probabilities: ArrayLike<number>,
  right: ArrayLike<number>,
  { bins = 15 }: CalibrationOptions = {},
): Calibration {
  const count = probabilities.length;
  if (count === 0) throw invalid('There are no decisions to calibrate.');
  if (count !== right.length) throw invalid(`${count} probabilities need ${count} outcomes, got ${right.length}.`);
  if (!Number.isInteger(bins) || bins < 1) throw invalid(`bins must be a positive integer, got ${bins}.`);
  let brier = 0;
  const wide = Array.from({ length: bins }, emptySum);
  for (let i = 0; i < count; i++) {
    const probability = probabilities[i]!;
    if (!(probability >= 0 && probability <= 1)) throw invalid(`Decision ${i} has the probability ${probability}.`);
    const outcome = Number(right[i]! > 0);
    brier += (probability - outcome) ** 2;
    addTo(wide[Math.max(0, Math.ceil(probability * bins) - 1)]!, probability, outcome);
  }
  const all = wide.reduce(merged, emptySum());
  return {
    count,
    probability: all.probability / count,
    right: all.right / count,
    error: errorOf(wide, count),
    equalMassError: errorOf(equalMass(probabilities, right, bins), count),
    brier: brier / count,
    bins: wide.map((sum, i) => ({ low: i / bins, high: (i + 1) / bins, count: sum.count, ...meansOf(sum) })),
  };
}

interface Sum {
  count: number;
  probability: number;
  right: number;
}

function emptySum(): Sum {
  return { count: 0, probability: 0, right: 0 };
}

function addTo(sum: Sum, probability: number, right: number): void {
  sum.count++;
  sum.probability += probability;
  sum.right += right;
}

function merged(a: Sum, b: Sum): Sum {
  return { count: a.count + b.count, probability: a.probability + b.probability, right: a.right + b.right };
}

function meansOf({ count, probability, right }: Sum): Pick<CalibrationBin, 'probability' | 'right'> {
  return count === 0 ? { probability: null, right: null } : { probability: probability / count, right: right / count };
}

function errorOf(sums: readonly Sum[], count: number): number {
  return sums.reduce((error, { probability, right }) => error + Math.abs(probability - right), 0) / count;
}

/** Equal probabilities stay together, so that the order of the mentions changes nothing. */
function equalMass(probabilities: ArrayLike<number>, right: ArrayLike<number>, bins: number): Sum[] {
  const order = Uint32Array.from({ length: probabilities.length }, (_, i) => i);
  order.sort((a, b) => probabilities[a]! - probabilities[b]!);
  const sums: Sum[] = [];
  let end = 0;
  for (const [place, i] of order.entries()) {
    const isTied = place > 0 && probabilities[i] === probabilities[order[place - 1]!];
    if (place >= end && !isTied) {
      sums.push(emptySum());
      end = Math.ceil(((Math.floor((place * bins) / order.length) + 1) * order.length) / bins);
    }
    addTo(sums.at(-1)!, probabilities[i]!, Number(right[i]! > 0));
  }
  return sums;
}

function invalid(what: string): ReferentError {
  return new ReferentError('EVALUATION_INVALID_OPTIONS', { what });
}
