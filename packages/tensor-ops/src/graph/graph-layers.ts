import type { Precision } from '../engine.js';
import { type Activation, maskedScore, type TensorOps } from '../tensor-ops.js';
import type { GraphBuilder, Length } from './graph-builder.js';
import type { Attribute } from './graph-definition.js';
import type { GraphForms, GraphTensor } from './graph-tensor.js';
import type { GraphWeights } from './graph-weights.js';

/**
 * `onednn`: may name the fused kernels of TensorFlow's x86 builds. `portable`: public operations only, which every
 * build and device has; TensorFlow's own optimizer then fuses what it can.
 */
export type GraphDialect = 'onednn' | 'portable';

export interface GraphContext {
  readonly builder: GraphBuilder;
  readonly forms: GraphForms;
  readonly weights: GraphWeights;
  readonly precision: Precision;
  readonly dialect: GraphDialect;
}

type Layers = Pick<TensorOps<GraphTensor>, 'dense' | 'selfAttention' | 'layerNorm'>;

/** The three operations that take the time. B sequences, T tokens, H hidden, h heads, d = H / h. */
export function createGraphLayers(context: GraphContext): Layers {
  const { builder, forms, weights, precision, dialect } = context;
  const typed: Record<string, Attribute> = { T: { type: precision } };

  const activate = (x: string, activation: Activation): string => {
    if (activation === 'none') return x;
    if (activation === 'tanh') return builder.node('Tanh', [x], typed);
    if (activation === 'relu') return builder.node('Relu', [x], typed);
    const scalar = (value: number) => forms.cast(scalarTensor(value), precision).output;
    const root = builder.node('Mul', [x, scalar(Math.SQRT1_2)], typed);
    const share = builder.node('AddV2', [builder.node('Erf', [root], typed), scalar(1)], typed);
    return builder.node('Mul', [builder.node('Mul', [x, scalar(0.5)], typed), share], typed);
  };
  const scalarTensor = (value: number): GraphTensor => ({
    output: builder.floats([value], []),
    type: 'float32',
    shape: [],
    flat: false,
  });

  /** `scale` multiplies the result, at no cost: it goes into the weights. */
  const dense = (
    x: GraphTensor,
    names: { weight: string; bias?: string | undefined },
    activation: Activation,
    scale = 1,
  ): GraphTensor => {
    const input = forms.cast(forms.flat(x), precision);
    const matrix = weights.matrix(names.weight, precision, scale); // [I, O]
    const bias = names.bias === undefined ? undefined : weights.plain(names.bias, precision, scale).output;
    const shape = [...x.shape.slice(0, -1), matrix.shape[1]!];
    const product = { ...typed, transpose_a: { bool: false }, transpose_b: { bool: false } };
    const result = (output: string): GraphTensor => ({ output, type: precision, shape, flat: input.flat });
    if (dialect === 'onednn' && bias !== undefined) {
      const fused_ops = { strings: ['BiasAdd', ...fusedActivations[activation]] };
      const attributes = { ...product, num_args: { int: 1 }, fused_ops, epsilon: { float: 0 } };
      return result(builder.node('_FusedMatMul', [input.output, matrix.output, bias], attributes));
    }
    const plain = builder.node('MatMul', [input.output, matrix.output], product);
    const shifted = bias === undefined ? plain : builder.node('BiasAdd', [plain, bias], typed);
    return result(activate(shifted, activation));
  };

  const transpose = (x: string, order: readonly number[]) =>
    builder.node('Transpose', [x, builder.integers(order)], { ...typed, Tperm: { type: 'int32' } });
  const multiply = (a: string, b: string, transposeB: boolean) =>
    builder.node('BatchMatMulV2', [a, b], { ...typed, adj_x: { bool: false }, adj_y: { bool: transposeB } });

  /** 0 where the mask is 1, `maskedScore` where it is 0. The same for all layers. */
  const scoreShift = (mask: GraphTensor, [B, T]: readonly Length[]): string => {
    const key = `shift ${mask.output}`;
    return builder.once(key, () => {
      const float = { T: { type: 'float32' } } as const;
      const absent = builder.node('Sub', [builder.floats([1], []), forms.cast(mask, 'float32').output], float);
      const shift = builder.node('Mul', [absent, builder.floats([maskedScore], [])], float);
      const output = builder.reshape(shift, 'float32', [B!, 1, 1, T!]);
      return forms.cast({ output, type: 'float32', shape: [B!, 1, 1, T!], flat: false }, precision).output;
    });
  };

  return {
    dense: (x, names, activation) => dense(x, names, activation),

    selfAttention(x, names, mask, heads) {
      const [B, T, H] = x.shape as readonly [Length, Length, number];
      const size = H / heads;
      const split = (projected: GraphTensor) =>
        transpose(builder.reshape(projected.output, precision, [B, T, heads, size]), [0, 2, 1, 3]);
      const query = split(dense(x, names.query, 'none', 1 / Math.sqrt(size))); // [B, h, T, d]
      const key = split(dense(x, names.key, 'none')); // [B, h, T, d]
      const value = split(dense(x, names.value, 'none')); // [B, h, T, d]
      const scores = multiply(query, key, true); // [B, h, T, T]
      const shifted = builder.node('AddV2', [scores, scoreShift(mask, [B, T])], typed);
      // Inside, the kernels sum in float32 whatever the number format is.
      const shares = builder.node('Softmax', [shifted], typed);
      const joined = transpose(multiply(shares, value, false), [0, 2, 1, 3]); // [B, T, h, d]
      return { output: builder.reshape(joined, precision, [-1, H]), type: precision, shape: x.shape, flat: true };
    },

    layerNorm(x, gamma, beta, epsilon) {
      const input = forms.cast(forms.flat(x), 'float32');
      const result = (output: string): GraphTensor => ({ ...input, output });
      const float = { T: { type: 'float32' } } as const;
      if (dialect === 'onednn') {
        const attributes = { ...float, epsilon: { float: epsilon } };
        return result(builder.node('_MklLayerNorm', [input.output, gamma.output, beta.output], attributes));
      }
      const averaged = { ...float, Tidx: { type: 'int32' }, keep_dims: { bool: true } } as const;
      const mean = (of: string) => builder.node('Mean', [of, builder.integers([-1])], averaged);
      const center = mean(input.output);
      const variance = mean(builder.node('SquaredDifference', [input.output, center], float));
      const guarded = builder.node('AddV2', [variance, builder.floats([epsilon], [])], float);
      const scale = builder.node('Mul', [builder.node('Rsqrt', [guarded], float), gamma.output], float);
      const centered = builder.node('Sub', [input.output, center], float);
      return result(builder.node('AddV2', [builder.node('Mul', [centered, scale], float), beta.output], float));
    },
  };
}

const fusedActivations: Readonly<Record<Activation, readonly string[]>> = {
  none: [],
  gelu: ['GeluExact'],
  tanh: ['Tanh'],
  relu: ['Relu'],
};
