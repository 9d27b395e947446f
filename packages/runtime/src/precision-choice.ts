import type { Precision } from '@referent/tensor-ops';

/** Number formats of half the width. */
export type ReducedPrecision = Exclude<Precision, 'float32'>;

/** How long one run of the probe took, at best, in each format. */
export interface SpeedMeasurement {
  readonly float32Milliseconds: number;
  readonly reduced: ReducedPrecision;
  /** Null: this engine cannot compute in it here. */
  readonly reducedMilliseconds: number | null;
  /** Billions of floating-point operations per second in the probe. */
  readonly float32Gflops: number;
  readonly reducedGflops: number | null;
}

export interface PrecisionChoice {
  readonly precision: Precision;
  /** Why, for a person. */
  readonly reason: string;
}

/** Half the bytes cost accuracy, so they must pay: by so much. */
const margin = 1.15;

export function choosePrecision({
  float32Milliseconds,
  reduced,
  reducedMilliseconds,
}: Pick<SpeedMeasurement, 'float32Milliseconds' | 'reduced' | 'reducedMilliseconds'>): PrecisionChoice {
  if (reducedMilliseconds === null) {
    return { precision: 'float32', reason: `this machine cannot compute in ${reduced}` };
  }
  const speedup = float32Milliseconds / reducedMilliseconds;
  const measured = `${reduced} was measured ${speedup.toFixed(2)} times as fast as float32`;
  return speedup >= margin
    ? { precision: reduced, reason: measured }
    : { precision: 'float32', reason: `${measured}, which is not worth its rounding` };
}
