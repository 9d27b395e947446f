import type { GraphBuilder } from '@referent/tensor-ops';

/** The nodes of a transformer layer and of its gradients, all in float32; a value is the name of its node. */
export interface GraphNodes {
  add(a: string, b: string): string;
  subtract(a: string, b: string): string;
  multiply(a: string, b: string): string;
  square(x: string): string;
  exp(x: string): string;
  erf(x: string): string;
  rsqrt(x: string): string;
  softmax(x: string): string;
  scalar(value: number): string;
  /** Over one axis, which is kept with length 1. */
  mean(x: string, axis: number): string;
  sum(x: string, axis: number, keepAxis?: boolean): string;
  /** Of two matrices, or of stacks of them. */
  product(a: string, b: string, turned?: 'a' | 'b'): string;
  batchProduct(a: string, b: string, turned?: 'a' | 'b'): string;
  /** x [N, I] times the weight [O, I], plus the bias [O]. */
  dense(x: string, weight: string, bias: string): string;
  transpose(x: string, order: readonly number[]): string;
  /** Along the first axis. */
  join(parts: readonly string[]): string;
  split(x: string, count: number): string[];
  stack(parts: readonly string[]): string;
  unstack(x: string, count: number): string[];
}

export function createGraphNodes(builder: GraphBuilder): GraphNodes {
  const T = { T: { type: 'float32' } } as const;
  const unary = (op: string) => (x: string) => builder.node(op, [x], T);
  const binary = (op: string) => (a: string, b: string) => builder.node(op, [a, b], T);
  const reduce =
    (op: string) =>
    (x: string, axis: number, keepAxis = true) =>
      builder.node(op, [x, builder.integers([axis])], {
        ...T,
        Tidx: { type: 'int32' },
        keep_dims: { bool: keepAxis },
      });
  const products = (op: string, a: string, b: string) => (left: string, right: string, turned?: 'a' | 'b') =>
    builder.node(op, [left, right], { ...T, [a]: { bool: turned === 'a' }, [b]: { bool: turned === 'b' } });
  const product = products('MatMul', 'transpose_a', 'transpose_b');
  const parts = (first: string, count: number) =>
    Array.from({ length: count }, (_, i) => (i === 0 ? first : `${first}:${i}`));
  return {
    add: binary('AddV2'),
    subtract: binary('Sub'),
    multiply: binary('Mul'),
    square: unary('Square'),
    exp: unary('Exp'),
    erf: unary('Erf'),
    rsqrt: unary('Rsqrt'),
    softmax: unary('Softmax'),
    scalar: (value) => builder.floats([value], []),
    mean: reduce('Mean'),
    sum: reduce('Sum'),
    product,
    batchProduct: products('BatchMatMulV2', 'adj_x', 'adj_y'),
    // TensorFlow's optimizer makes one operation of the two.
    dense: (x, weight, bias) => builder.node('BiasAdd', [product(x, weight, 'b'), bias], T),
    transpose: (x, order) =>
      builder.node('Transpose', [x, builder.integers(order)], { ...T, Tperm: { type: 'int32' } }),
    join: (values) =>
      builder.node('ConcatV2', [...values, builder.integer(0)], {
        ...T,
        N: { int: values.length },
        Tidx: { type: 'int32' },
      }),
    split: (x, count) =>
      parts(builder.node('Split', [builder.integer(0), x], { ...T, num_split: { int: count } }), count),
    stack: (values) => builder.node('Pack', values, { ...T, N: { int: values.length }, axis: { int: 0 } }),
    unstack: (x, count) => parts(builder.node('Unpack', [x], { ...T, num: { int: count }, axis: { int: 0 } }), count),
  };
}
