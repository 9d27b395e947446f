import type { TensorOps } from '../tensor-ops.js';
import type { DataType } from './graph-definition.js';
import { createGraphLayers, type GraphContext } from './graph-layers.js';
import type { GraphTensor } from './graph-tensor.js';

/** The interpreter that emits nodes. */
export function createGraphOps(context: GraphContext): TensorOps<GraphTensor> {
  const { builder, forms, weights } = context;

  const elementwise = (op: string) => (left: GraphTensor, right: GraphTensor) => {
    const { a, b, shape } = forms.aligned(left, right);
    const output = builder.node(op, [a.output, b.output], { T: { type: a.type } });
    return { output, type: a.type, shape, flat: a.flat || b.flat };
  };
  const gatherNode = (from: GraphTensor, indices: string, axis: number) =>
    builder.node('GatherV2', [from.output, indices, builder.integer(axis)], {
      Tparams: { type: from.type },
      Tindices: { type: 'int32' },
      Taxis: { type: 'int32' },
    });

  return {
    ...createGraphLayers(context),
    weight: (name) => weights.plain(name, 'float32'),
    constant: (data, shape) => tensor(builder.floats(data, shape), 'float32', shape),
    gather: (table, ids) =>
      tensor(gatherNode(table, ids.output, 0), table.type, [...ids.shape, ...table.shape.slice(1)]),
    add: elementwise('AddV2'),
    multiply: elementwise('Mul'),
    divide: elementwise('RealDiv'),
    sqrt: (x) => ({ ...x, output: builder.node('Sqrt', [x.output], { T: { type: x.type } }) }),
    sum(x, axis, keepAxis) {
      const input = forms.cast(forms.full(x), 'float32');
      const output = builder.node('Sum', [input.output, builder.integers([axis])], {
        T: { type: 'float32' },
        Tidx: { type: 'int32' },
        keep_dims: { bool: keepAxis },
      });
      const replacement = keepAxis ? [1] : [];
      return tensor(output, 'float32', [...x.shape.slice(0, axis), ...replacement, ...x.shape.slice(axis + 1)]);
    },
    reshape(x, shape) {
      const input = forms.full(x);
      const lengths = shape.map((length, axis) => length ?? x.shape[axis]!);
      return tensor(builder.reshape(input.output, x.type, lengths), x.type, lengths);
    },
    takeAxis1(x, position) {
      const output = gatherNode(forms.full(x), builder.integer(position), 1);
      return tensor(output, x.type, [x.shape[0]!, ...x.shape.slice(2)]);
    },
    toFloat: (x) => forms.cast(x, 'float32'),
  };
}

function tensor(output: string, type: DataType, shape: GraphTensor['shape']): GraphTensor {
  return { output, type, shape, flat: false };
}
