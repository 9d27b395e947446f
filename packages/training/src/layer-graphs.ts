/**
 * A layer of BERT and its gradients as two graphs, which the native engine runs as a whole: TensorFlow joins products
 * and biases, computes in place and side by side, and no operation waits for JavaScript. The eager operations of
 * `createTrainingOps` compute the same and are what this is tested against.
 * B sequences, T tokens, N = B T, H hidden, I intermediate, h heads, d = H / h.
 */
import type { WorkOptions } from '@referent/core';
import type { GraphTensor, InputSpec, TensorGraph, TensorGraphEngine, TensorGraphSource } from '@referent/tensor-ops';
import type { BertConfig } from '@referent/transformer';
import { createGraphNodes, type GraphNodes } from './graph-nodes.js';

/** The graphs of a model's layers: all layers are alike but for their weights. */
export interface LayerGraphs {
  readonly forward: TensorGraph;
  /** All gradients. */
  readonly backward: TensorGraph;
  /** Those of the weights only, for the lowest layer that is trained. */
  readonly backwardToWeights: TensorGraph;
  close(): Promise<void>;
}

/** Raise it when a graph of an unchanged configuration changes: engines keep graphs by their names. */
const version = 1;

/** Names in the graphs: what a layer's weights are called after `encoder.layer.<i>.`. */
export const layerWeights = {
  wq: 'attention.self.query.weight',
  bq: 'attention.self.query.bias',
  wk: 'attention.self.key.weight',
  bk: 'attention.self.key.bias',
  wv: 'attention.self.value.weight',
  bv: 'attention.self.value.bias',
  wo: 'attention.output.dense.weight',
  bo: 'attention.output.dense.bias',
  gain1: 'attention.output.LayerNorm.weight',
  shift1: 'attention.output.LayerNorm.bias',
  w1: 'intermediate.dense.weight',
  b1: 'intermediate.dense.bias',
  w2: 'output.dense.weight',
  b2: 'output.dense.bias',
  gain2: 'output.LayerNorm.weight',
  shift2: 'output.LayerNorm.bias',
} as const;
export type LayerWeight = keyof typeof layerWeights;

/** What the forward graph keeps for the other one. */
export const keptStates = [
  'heads',
  'shares',
  'context',
  'unit1',
  'scale1',
  'middle',
  'wide',
  'slope',
  'unit2',
  'scale2',
];

/**
 * Prepares the graphs of a configuration; undefined where there are none: an engine without graphs, another activation
 * than GELU. Training then computes operation by operation.
 */
export async function openLayerGraphs(
  engine: Partial<TensorGraphEngine>,
  config: BertConfig,
  work: WorkOptions = {},
): Promise<LayerGraphs | undefined> {
  if (!engine.openGraph || config.activation !== 'gelu') return undefined;
  const forward = await engine.openGraph(forwardSource(config), work);
  const backward = await engine.openGraph(backwardSource(config, true), work);
  const backwardToWeights = await engine.openGraph(backwardSource(config, false), work);
  return {
    ...{ forward, backward, backwardToWeights },
    async close() {
      for (const graph of [forward, backward, backwardToWeights]) await graph.close();
    },
  };
}

function weightInputs({ hiddenSize: H, intermediateSize: I }: BertConfig): Record<LayerWeight, InputSpec> {
  const of = (...shape: number[]): InputSpec => ({ type: 'float32', shape });
  const attention = {
    wq: of(H, H),
    bq: of(H),
    wk: of(H, H),
    bk: of(H),
    wv: of(H, H),
    bv: of(H),
    wo: of(H, H),
    bo: of(H),
  };
  const feedForward = { w1: of(I, H), b1: of(I), w2: of(H, I), b2: of(H) };
  return { ...attention, gain1: of(H), shift1: of(H), ...feedForward, gain2: of(H), shift2: of(H) };
}

/** Weights as both graphs use them: the factors of attention and GELU go into them, where they cost least. */
function scaledWeights(
  nodes: GraphNodes,
  given: Readonly<Record<string, GraphTensor>>,
  { hiddenSize, heads }: BertConfig,
) {
  const at = (name: LayerWeight) => given[name]!.output;
  const attention = nodes.scalar(1 / Math.sqrt(hiddenSize / heads));
  const root = nodes.scalar(Math.SQRT1_2);
  return {
    ...{ at, attention, root },
    projections: nodes.join([nodes.multiply(at('wq'), attention), at('wk'), at('wv')]), // [3H, H]
    inner: nodes.multiply(at('w1'), root), // [I, H]
    outer: nodes.multiply(at('w2'), root), // [H, I]
  };
}

export function forwardSource(config: BertConfig): TensorGraphSource {
  const { hiddenSize: H, intermediateSize: I, heads: h, layerNormEpsilon } = config;
  return {
    name: `layer forward ${JSON.stringify({ version, H, I, h, layerNormEpsilon })}`,
    inputs: {
      x: { type: 'float32', shape: [null, null, H] },
      mask: { type: 'float32', shape: [null, 1, 1, null] },
      ...weightInputs(config),
    },
    build(builder, inputs) {
      const nodes = createGraphNodes(builder);
      const { add, subtract, multiply, mean } = nodes;
      const { at, attention, root, projections, inner, outer } = scaledWeights(nodes, inputs, config);
      const [B, T] = inputs.x!.shape as [GraphTensor['shape'][number], GraphTensor['shape'][number]];
      const normalize = (x: string) => {
        const centered = subtract(x, mean(x, -1));
        const scale = nodes.rsqrt(add(mean(nodes.square(centered), -1), nodes.scalar(layerNormEpsilon))); // [N, 1]
        return { unit: multiply(centered, scale), scale };
      };
      const x = builder.reshape(inputs.x!.output, 'float32', [-1, H]);

      const biases = nodes.join([multiply(at('bq'), attention), at('bk'), at('bv')]);
      const projected = builder.reshape(nodes.dense(x, projections, biases), 'float32', [B, T, 3, h, H / h]);
      const heads = nodes.transpose(projected, [2, 0, 3, 1, 4]); // [3, B, h, T, d]
      const [query, key, value] = nodes.unstack(heads, 3) as [string, string, string];
      const shares = nodes.softmax(add(nodes.batchProduct(query, key, 'b'), inputs.mask!.output)); // [B, h, T, T]
      const joined = nodes.transpose(nodes.batchProduct(shares, value), [0, 2, 1, 3]); // [B, T, h, d]
      const context = builder.reshape(joined, 'float32', [-1, H]);
      const first = normalize(add(nodes.dense(context, at('wo'), at('bo')), x));
      const middle = add(multiply(first.unit, at('gain1')), at('shift1')); // [N, H]

      // z = x / sqrt(2): GELU is z (1 + erf z) / sqrt(2), and its slope in z, but for the same factor,
      // 1 + erf z + 2 / sqrt(pi) z exp(-z^2).
      const z = nodes.dense(middle, inner, multiply(at('b1'), root)); // [N, I]
      const below = add(nodes.erf(z), nodes.scalar(1));
      const wide = multiply(z, below);
      const density = nodes.exp(subtract(nodes.scalar(Math.log(2 / Math.sqrt(Math.PI))), nodes.square(z)));
      const slope = add(multiply(density, z), below);
      const second = normalize(add(nodes.dense(wide, outer, at('b2')), middle));
      const states = add(multiply(second.unit, at('gain2')), at('shift2'));

      const flat = (output: string, width: number) => ({ output, shape: [{ output: 'x', axis: 0 }, width] });
      return {
        states: { output: builder.reshape(states, 'float32', [B, T, H]), shape: [B, T, H] },
        heads: { output: heads, shape: [3, B, h, T, H / h] },
        shares: { output: shares, shape: [B, h, T, T] },
        context: flat(context, H),
        unit1: flat(first.unit, H),
        scale1: flat(first.scale, 1),
        middle: flat(middle, H),
        wide: flat(wide, I),
        slope: flat(slope, I),
        unit2: flat(second.unit, H),
        scale2: flat(second.scale, 1),
      };
    },
  };
}

export function backwardSource(config: BertConfig, toInput: boolean): TensorGraphSource {
  const { hiddenSize: H, intermediateSize: I, heads: h } = config;
  const rows = (width: number): InputSpec => ({ type: 'float32', shape: [null, width] });
  return {
    name: `layer backward ${JSON.stringify({ version, H, I, h, toInput })}`,
    inputs: {
      dy: { type: 'float32', shape: [null, null, H] },
      x: { type: 'float32', shape: [null, null, H] },
      heads: { type: 'float32', shape: [3, null, h, null, H / h] },
      shares: { type: 'float32', shape: [null, h, null, null] },
      ...{ context: rows(H), unit1: rows(H), scale1: rows(1), middle: rows(H) },
      ...{ wide: rows(I), slope: rows(I), unit2: rows(H), scale2: rows(1) },
      ...weightInputs(config),
    },
    build(builder, inputs) {
      const nodes = createGraphNodes(builder);
      const { add, subtract, multiply, mean, sum, product } = nodes;
      const { at, attention, root, projections, inner, outer } = scaledWeights(nodes, inputs, config);
      const kept = (name: string) => inputs[name]!.output;
      const [B, T] = inputs.x!.shape as [GraphTensor['shape'][number], GraphTensor['shape'][number]];
      const flat = (value: string) => builder.reshape(value, 'float32', [-1, H]);
      const total = (value: string) => sum(value, 0, false);
      const throughNorm = (dy: string, unit: string, scale: string, gain: string) => {
        const d = multiply(dy, gain);
        const along = multiply(unit, mean(multiply(d, unit), -1));
        return multiply(subtract(subtract(d, mean(d, -1)), along), scale);
      };
      const dy = flat(kept('dy'));
      const x = flat(kept('x'));

      const dNarrow = throughNorm(dy, kept('unit2'), kept('scale2'), at('gain2')); // [N, H]
      const dz = multiply(product(dNarrow, outer), kept('slope')); // [N, I]
      const dMiddle = add(product(dz, inner), dNarrow); // [N, H]
      const dMixed = throughNorm(dMiddle, kept('unit1'), kept('scale1'), at('gain1')); // [N, H]

      const dContext = product(dMixed, at('wo')); // [N, H]
      const byHead = [B, T, h, H / h];
      const dJoined = nodes.transpose(builder.reshape(dContext, 'float32', byHead), [0, 2, 1, 3]); // [B, h, T, d]
      const [query, key, value] = nodes.unstack(kept('heads'), 3) as [string, string, string];
      const shares = kept('shares');
      // The sum over the shares of a token equals that over its context, which is shorter.
      const sums = sum(builder.reshape(multiply(dContext, kept('context')), 'float32', byHead), -1); // [B, T, h, 1]
      const dScores = multiply(
        shares,
        subtract(nodes.batchProduct(dJoined, value, 'b'), nodes.transpose(sums, [0, 2, 1, 3])),
      ); // [B, h, T, T]
      const dHeads = nodes.stack([
        nodes.batchProduct(dScores, key),
        nodes.batchProduct(dScores, query, 'a'),
        nodes.batchProduct(shares, dJoined, 'a'),
      ]); // [3, B, h, T, d]
      const dProjected = builder.reshape(nodes.transpose(dHeads, [1, 3, 0, 2, 4]), 'float32', [-1, 3 * H]);
      const [wq, wk, wv] = nodes.split(product(dProjected, x, 'a'), 3) as [string, string, string];
      const [bq, bk, bv] = nodes.split(total(dProjected), 3) as [string, string, string];

      const gradients: Record<LayerWeight, string> = {
        ...{ wq: multiply(wq, attention), bq: multiply(bq, attention), wk, bk, wv, bv },
        ...{ wo: product(dMixed, kept('context'), 'a'), bo: total(dMixed) },
        ...{ gain1: total(multiply(dMiddle, kept('unit1'))), shift1: total(dMiddle) },
        ...{ w1: multiply(product(dz, kept('middle'), 'a'), root), b1: multiply(total(dz), root) },
        ...{ w2: multiply(product(dNarrow, kept('wide'), 'a'), root), b2: total(dNarrow) },
        ...{ gain2: total(multiply(dy, kept('unit2'))), shift2: total(dy) },
      };
      const outputs = Object.entries(gradients).map(([name, output]) => [
        `d_${name}`,
        { output, shape: inputs[name]!.shape },
      ]);
      const dInput = toInput && {
        output: builder.reshape(add(product(dProjected, projections), dMixed), 'float32', [B, T, H]),
        shape: [B, T, H],
      };
      return { ...Object.fromEntries(outputs), ...(dInput && { d_x: dInput }) };
    },
  };
}
