import { ReferentError } from '@referent/core';

export interface BootstrapOptions {
  /** @default 0.95 */
  readonly confidence?: number;
  /** Times that the mentions are drawn again. The work is this times the number of mentions. @default 1000 */
  readonly samples?: number;
  /** The same seed gives the same answer. @default 1 */
  readonly seed?: number;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What the difference of two runs on the same mentions is worth. */
export interface PairedComparison extends Interval {
  /**
   * Chance of a difference at least this large, either way, if the two were equally good.
   * Never 0: the least is 1 / (samples + 1).
   */
  readonly pValue: number;
}

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) of the mean of one value per mention.
 * @throws `EVALUATION_INVALID_OPTIONS` no values, or options out of range
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  return macroBootstrapInterval([values], options);
}

/**
 * The same of a macro average: the mean over groups (worlds, sets) of each group's mean. Mentions are drawn again within
 * their group.
 * @throws `EVALUATION_INVALID_OPTIONS` no groups, a group without values, or options out of range
 */
export function macroBootstrapInterval(groups: readonly ArrayLike<number>[], options: BootstrapOptions = {}): Interval {
  const { means, confidence } = resampledMeans(groups, options);
  return { mean: macroMeanOf(groups), ...percentiles(means, confidence) };
}

/**
 * Paired bootstrap: is run `a` better than run `b`, by the same measure on the same mentions in the same order?
 * Mentions are drawn again in pairs; the p-value is two-sided, from the differences shifted to mean 0.
 * @throws `EVALUATION_INVALID_OPTIONS` no values, runs of different length, or options out of range
 */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: BootstrapOptions = {},
): PairedComparison {
  return macroPairedBootstrap([{ a, b }], options);
}

/** The same of a macro average over groups. @throws as `pairedBootstrap` */
export function macroPairedBootstrap(
  groups: readonly { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> }[],
  options: BootstrapOptions = {},
): PairedComparison {
  const differences = groups.map(({ a, b }) => {
    if (a.length === b.length) return Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
    throw invalid(`Two runs can only be compared on the same mentions, got ${a.length} and ${b.length} values.`);
  });
  const { means, confidence } = resampledMeans(differences, options);
  const mean = macroMeanOf(differences);
  // Sums of floating-point numbers in another order may differ in the last digits.
  const asLarge = means.filter((resampled) => Math.abs(resampled - mean) >= Math.abs(mean) - 1e-12).length;
  return { mean, ...percentiles(means, confidence), pValue: (asLarge + 1) / (means.length + 1) };
}

function resampledMeans(
  groups: readonly ArrayLike<number>[],
  { confidence = 0.95, samples = 1000, seed = 1 }: BootstrapOptions,
): { means: Float64Array; confidence: number } {
  if (groups.length === 0 || groups.some(({ length }) => length === 0)) {
    throw invalid('There is nothing to draw from: no mention has a right entity.');
  }
  if (!(confidence > 0 && confidence < 1)) throw invalid(`confidence must be between 0 and 1, got ${confidence}.`);
  if (!Number.isInteger(samples) || samples < 1) throw invalid(`samples must be a positive integer, got ${samples}.`);
  const random = uniformNumbers(seed);
  const resampledMean = (values: ArrayLike<number>) => {
    let sum = 0;
    for (let drawn = 0; drawn < values.length; drawn++) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  };
  const means = Float64Array.from({ length: samples }, () => {
    return groups.reduce((sum, values) => sum + resampledMean(values), 0) / groups.length;
  });
  return { means: means.sort(), confidence };
}

function percentiles(sorted: Float64Array, confidence: number): { low: number; high: number } {
  const tail = (1 - confidence) / 2;
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!;
  return { low: at(tail), high: at(1 - tail) };
}

function macroMeanOf(groups: readonly ArrayLike<number>[]): number {
  const meanOf = (values: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]!;
    return sum / values.length;
  };
  return groups.reduce((sum, values) => sum + meanOf(values), 0) / groups.length;
}

/** mulberry32: uniform in [0, 1). */
function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function invalid(what: string): ReferentError {
  return new ReferentError('EVALUATION_INVALID_OPTIONS', { what });
}
