import type { Program, Tensor, WeightSource } from '../src/index.js';

/** Numbers from 0 to 1 that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

export function sampleWeights(shapes: Readonly<Record<string, readonly number[]>>, seed = 1): WeightSource {
  const random = seeded(seed);
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1);
      return [name, { shape, data }] as const;
    }),
  );
  return { fingerprint: `sample ${seed}`, get: (name) => tensors.get(name)!, has: (name) => tensors.has(name) };
}

export const sampleShapes = {
  ...{ table: [11, 8], gamma: [8], beta: [8], wide: [12, 8], wideBias: [12], narrow: [8, 12], narrowBias: [8] },
  ...{ q: [8, 8], qBias: [8], k: [8, 8], kBias: [8], v: [8, 8], vBias: [8], free: [4, 8] },
};

/** Uses every operation, in the ways a transformer does: residual sums, a masked mean, a unit vector, the first token. */
export const sampleProgram: Program = {
  name: 'every operation',
  inputs: { ids: { type: 'int32', shape: [null, null] }, mask: { type: 'int32', shape: [null, null] } },
  build(ops, { ids, mask }) {
    const present = ops.toFloat(mask!);
    const x = ops.gather(ops.weight('table'), ids!);
    const attention = {
      query: { weight: 'q', bias: 'qBias' },
      key: { weight: 'k', bias: 'kBias' },
      value: { weight: 'v', bias: 'vBias' },
    };
    const attended = ops.selfAttention(x, attention, present, 2);
    const norm = ops.layerNorm(ops.add(attended, x), ops.weight('gamma'), ops.weight('beta'), 1e-5);
    const wide = ops.dense(norm, { weight: 'wide', bias: 'wideBias' }, 'gelu');
    const states = ops.add(ops.dense(wide, { weight: 'narrow', bias: 'narrowBias' }, 'relu'), norm);
    const column = ops.reshape(present, [null, null, 1]);
    const mean = ops.divide(ops.sum(ops.multiply(states, column), 1, false), ops.sum(column, 1, false));
    const length = ops.sqrt(ops.add(ops.sum(ops.multiply(mean, mean), 1, true), ops.constant([1e-12], [1])));
    const first = ops.takeAxis1(states, 0);
    const tanh = ops.dense(first, { weight: 'wide', bias: 'wideBias' }, 'tanh');
    return { states, unit: ops.divide(mean, length), free: ops.dense(first, { weight: 'free' }, 'none'), tanh };
  },
};

export function sampleInputs(lengths: readonly number[], width = Math.max(...lengths)): Record<string, Tensor> {
  const shape = [lengths.length, width];
  const random = seeded(lengths.length * 31 + width);
  const ids = new Int32Array(lengths.length * width);
  const mask = new Int32Array(ids.length);
  for (const [row, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) {
      ids[row * width + t] = Math.floor(random() * 11);
      mask[row * width + t] = 1;
    }
  }
  return { ids: { shape, data: ids }, mask: { shape, data: mask } };
}
