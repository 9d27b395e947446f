export interface ScheduleOptions {
  /** The highest learning rate. */
  readonly learningRate: number;
  readonly steps: number;
  /** Share of the steps over which the rate rises to `learningRate`. @default 0.1 */
  readonly warmup?: number;
  /** What follows: falls to 0 at the end, or stays. @default 'linear' */
  readonly decay?: 'linear' | 'constant';
}

/** The learning rate of step 0, 1, 2, ...: linear warm-up, then linear decay, as `get_linear_schedule_with_warmup`. */
export function learningRateAt(
  step: number,
  { learningRate, steps, warmup = 0.1, decay = 'linear' }: ScheduleOptions,
): number {
  const rising = Math.floor(steps * warmup);
  // The first step would have rate 0 and be lost.
  if (step < rising) return (learningRate * (step + 1)) / (rising + 1);
  if (decay === 'constant') return learningRate;
  return learningRate * Math.max(0, (steps - step) / Math.max(1, steps - rising));
}
