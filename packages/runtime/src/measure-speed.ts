import type { Logger } from '@referent/core';
import type { Engine, Executable, Precision, Tensor } from '@referent/tensor-ops';
import type { ReducedPrecision, SpeedMeasurement } from './precision-choice.js';
import { probeNumbers, probeOperations, probeProgram, probeShape, probeWeights } from './probe-program.js';

export interface MeasureSpeedOptions {
  /** An engine that computes in the given format. It is closed afterwards. */
  readonly engineFor: (precision: Precision) => Engine;
  readonly reduced: ReducedPrecision;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Runs in each format; the fastest counts, since other work on the machine can only make a run slower. */
const rounds = 9;

/** Runs one layer of BERT in float32 and in the reduced format, in turns. Takes about a second. */
export async function measureSpeed(options: MeasureSpeedOptions): Promise<SpeedMeasurement> {
  const { engineFor, reduced, logger, signal } = options;
  const inputs = probeInputs();
  const engines = [engineFor('float32'), engineFor(reduced)];
  try {
    const plain = await engines[0]!.compile(probeProgram, probeWeights, { signal });
    const half = await engines[1]!.compile(probeProgram, probeWeights, { signal });
    await timeRun(plain, inputs);
    const usable = await timeRun(half, inputs).catch((error: Error) => {
      logger.debug(`${reduced} is not usable here: ${error.message}`);
      return undefined;
    });
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      signal?.throwIfAborted();
      times[0].push(await timeRun(plain, inputs));
      if (usable !== undefined) times[1].push(await timeRun(half, inputs));
    }
    const gflops = (milliseconds: number) => probeOperations(probeShape) / milliseconds / 1e6;
    const float32Milliseconds = Math.min(...times[0]);
    const reducedMilliseconds = usable === undefined ? null : Math.min(...times[1]);
    return {
      float32Milliseconds,
      reduced,
      reducedMilliseconds,
      float32Gflops: gflops(float32Milliseconds),
      reducedGflops: reducedMilliseconds === null ? null : gflops(reducedMilliseconds),
    };
  } finally {
    for (const engine of engines) await engine.close();
  }
}

/** Made when it is needed: every start of the engine loads this file, few measure. */
function probeInputs(): Record<string, Tensor> {
  const [sequences, tokens, hidden] = probeShape;
  return {
    x: { shape: probeShape, data: probeNumbers(sequences * tokens * hidden) },
    mask: { shape: [sequences, tokens], data: new Int32Array(sequences * tokens).fill(1) },
  };
}

async function timeRun(executable: Executable, inputs: Record<string, Tensor>): Promise<number> {
  const start = performance.now();
  await executable.run(inputs);
  return performance.now() - start;
}
