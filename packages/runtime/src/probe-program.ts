import type { Program, WeightSource } from '@referent/tensor-ops';

/** The size of all-MiniLM-L6's layer: H hidden, F feed-forward. */
const hidden = 384;
const feedForward = 1536;
const heads = 12;

/** B sequences of T tokens. */
export const probeShape = [8, 128, hidden] as const;

/** One layer of BERT: what the speed of an engine is measured by. */
export const probeProgram: Program = {
  name: 'speed probe 1',
  inputs: { x: { type: 'float32', shape: [null, null, hidden] }, mask: { type: 'int32', shape: [null, null] } },
  build(ops, { x, mask }) {
    const dense = (name: string) => ({ weight: `${name}.weight`, bias: `${name}.bias` });
    const gamma = ops.weight('norm.weight');
    const beta = ops.weight('norm.bias');
    const attention = { query: dense('query'), key: dense('key'), value: dense('value') };
    const attended = ops.dense(ops.selfAttention(x!, attention, mask!, heads), dense('output'), 'none');
    const middle = ops.layerNorm(ops.add(x!, attended), gamma, beta, 1e-12);
    const fed = ops.dense(ops.dense(middle, dense('up'), 'gelu'), dense('down'), 'none');
    return { y: ops.layerNorm(ops.add(middle, fed), gamma, beta, 1e-12) };
  },
};

/** Multiplications and additions of one run. */
export function probeOperations([sequences, tokens]: readonly [number, number, number]): number {
  const products = 4 * hidden * hidden + 2 * hidden * feedForward + 2 * tokens * hidden;
  return 2 * sequences * tokens * products;
}

const shapes: Readonly<Record<string, readonly number[]>> = {
  'query.weight': [hidden, hidden],
  'key.weight': [hidden, hidden],
  'value.weight': [hidden, hidden],
  'output.weight': [hidden, hidden],
  'up.weight': [feedForward, hidden],
  'down.weight': [hidden, feedForward],
  'query.bias': [hidden],
  'key.bias': [hidden],
  'value.bias': [hidden],
  'output.bias': [hidden],
  'up.bias': [feedForward],
  'down.bias': [hidden],
  'norm.weight': [hidden],
  'norm.bias': [hidden],
};

/** Small numbers of both signs, the same in every run. */
export const probeWeights: WeightSource = {
  fingerprint: 'speed probe 1',
  has: (name) => name in shapes,
  get(name) {
    const shape = shapes[name]!;
    return { shape, data: probeNumbers(shape.reduce((product, length) => product * length, 1)) };
  },
};

export function probeNumbers(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647 - 0.5) * 0.1;
  });
}
