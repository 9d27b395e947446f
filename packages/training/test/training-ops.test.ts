import { createEagerOps } from '@referent/tensor-ops';
import { bertStates, bertVectors } from '@referent/transformer';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../src/random.js';
import { createTrainingOps } from '../src/training-ops.js';
import { config, weights } from './goldens.js';
import { tf } from './tiny.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const inputs = () => {
  const table = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32');
  return {
    ids: table([
      [5, 9, 20, 6],
      [5, 6, 0, 0],
    ]),
    segments: table([
      [0, 0, 1, 1],
      [0, 0, 0, 0],
    ]),
    positions: table([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]),
    mask: table([
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ]),
  };
};

describe.each(['gelu', 'relu'] as const)('with %s', (activation) => {
  it('gives the vectors and the gradients of the plain operations', () => {
    const run = (make: typeof createTrainingOps) => {
      const variables = new Map<string, ReturnType<typeof tf.variable>>();
      const weight = (name: string) => {
        const { data, shape } = weights.get(name);
        const known = variables.get(name) ?? tf.variable(tf.tensor(data.slice(), [...shape]));
        variables.set(name, known);
        return known;
      };
      const ops = make({ tf, weight });
      const head = {
        pooling: 'pooler',
        projection: { weight: 'classifier.weight', bias: 'classifier.bias' },
      } as const;
      const given = inputs();
      const compute = () =>
        tf.sum(bertVectors(ops, bertStates(ops, given, { ...config, activation }).at(-1)!, given, head)) as never;
      compute();
      const { value, grads } = tf.variableGrads(compute, [...variables.values()]);
      const named = [...variables].map(([name, { name: id }]) => [name, grads[id]?.arraySync()] as const);
      return { value: (value as ReturnType<typeof tf.scalar>).arraySync(), gradients: new Map(named) };
    };
    const [own, plain] = [run(createTrainingOps), run(createEagerOps)];
    expect(own.value).toBeCloseTo(plain.value, 5);
    for (const [name, gradient] of plain.gradients) {
      const flat = (it: unknown) => [it].flat(4) as number[];
      const [found, wanted] = [flat(own.gradients.get(name)), flat(gradient)];
      expect(found.length, name).toBe(wanted.length);
      const size = Math.max(0.01, ...wanted.map(Math.abs));
      for (const [i, value] of wanted.entries()) expect(Math.abs(found[i]! - value) / size, name).toBeLessThan(1e-5);
    }
  });
});

describe('dropout', () => {
  const states = (dropout?: { rate: number; seed: number }) =>
    tf.tidy(() => {
      const ops = createTrainingOps({
        tf,
        weight: (name) => {
          const { data, shape } = weights.get(name);
          return tf.tensor(data.slice(), [...shape]);
        },
        dropout: dropout && { rate: dropout.rate, random: createRandom(dropout.seed) },
      });
      return Array.from(bertStates(ops, inputs(), config).at(-1)!.dataSync());
    });

  it('is the same for the same random, another for another', () => {
    expect(states({ rate: 0.1, seed: 1 })).toEqual(states({ rate: 0.1, seed: 1 }));
    expect(states({ rate: 0.1, seed: 1 })).not.toEqual(states({ rate: 0.1, seed: 2 }));
  });

  it('changes nothing at rate 0', () => {
    expect(states({ rate: 0, seed: 1 })).toEqual(states());
    expect(states({ rate: 0.1, seed: 1 })).not.toEqual(states());
  });
});
