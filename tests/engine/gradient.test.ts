/** The eager operations can be trained: tfjs-node brings the gradients that tfjs-core's Node build leaves out. */
import { createEagerOps } from '@referent/tensor-ops';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  sampleInputs,
  sampleProgram,
  sampleShapes,
  sampleWeights,
} from '../../packages/tensor-ops/test/sample-program.js';
import { startNative } from './start.js';

const weights = sampleWeights(sampleShapes);

describe('createEagerOps', () => {
  it('has a gradient through every operation that equals the slope', async () => {
    const { tf } = await startNative('float32');
    const variables = new Map(
      Object.keys(sampleShapes).map((name) => {
        const { data, shape } = weights.get(name);
        return [name, tf.variable(tf.tensor(data, [...shape]))] as const;
      }),
    );
    const ops = createEagerOps({ tf, weight: (name) => variables.get(name)! });
    const given = sampleInputs([3, 2]);
    const inputs = {
      ids: tf.tensor(given.ids!.data, [2, 3], 'int32'),
      mask: tf.tensor(given.mask!.data, [2, 3], 'int32'),
    };
    const loss = (): Scalar => {
      const outputs = Object.values(sampleProgram.build<Tensor>(ops, inputs));
      return tf.addN(outputs.map((output) => tf.mean(tf.square(output)))) as Scalar;
    };
    const { grads } = tf.variableGrads(loss, [...variables.values()]);
    for (const [name, variable] of variables) {
      const gradient = Array.from(grads[variable.name]!.dataSync());
      const { data, shape } = weights.get(name);
      // The steepest place, where float32 measures the slope best.
      const at = gradient.indexOf(gradient.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
      const lossAt = (step: number) => {
        const moved = Float32Array.from(data);
        moved[at]! += step;
        variable.assign(tf.tensor(moved, [...shape]));
        return loss().dataSync()[0]!;
      };
      const slope = (lossAt(1e-2) - lossAt(-1e-2)) / 2e-2;
      lossAt(0);
      expect(Math.abs(gradient[at]! - slope), name).toBeLessThan(0.02 * Math.abs(slope) + 1e-3);
    }
  });
});
