/**
 * Runs an emitted float32 graph with TensorFlow.js, node by node, as TensorFlow defines the operations. `files` are
 * those of mapped weights, by path.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bytesAt, fieldsOf, numberAt, type ReadGraph, type ReadNode, readShape, textOf } from './read-graph.js';

export function runGraph(
  graph: ReadGraph,
  inputs: Readonly<Record<string, tf.Tensor>>,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Readonly<Record<string, tf.Tensor>> {
  const values = new Map<string, tf.Tensor>();
  for (const node of graph.nodes) {
    // A variable is its mapped file from here on: nothing else is ever assigned to it.
    if (node.op === 'AssignVariableOp') values.set(node.inputs[0]!, values.get(node.inputs[1]!)!);
    else if (node.op === 'ImmutableConst') values.set(node.name, mappedOf(node, files));
    else if (node.op !== 'VarHandleOp' && node.op !== 'NoOp') values.set(node.name, evaluate(node, values, inputs));
  }
  const outputs = [...graph.outputs].map(([name, output]) => [name, values.get(output.replace(/:0$/, ''))!] as const);
  return Object.fromEntries(outputs);
}

function evaluate(
  node: ReadNode,
  values: ReadonlyMap<string, tf.Tensor>,
  inputs: Readonly<Record<string, tf.Tensor>>,
): tf.Tensor {
  if (node.op === 'Placeholder') return inputs[node.name]!;
  if (node.op === 'Const') return constantOf(node);
  const operation = operations[node.op];
  if (!operation) throw new Error(`unknown operation ${node.op}`);
  return operation(
    node.inputs.map((input) => values.get(input)!),
    node,
  );
}

function constantOf(node: ReadNode): tf.Tensor {
  const tensor = fieldsOf(bytesAt(node.attributes.get('value')!, 8));
  const content = Uint8Array.from(bytesAt(tensor, 4)).buffer;
  const shape = readShape(bytesAt(tensor, 2));
  return numberAt(tensor, 1) === 3
    ? tf.tensor(new Int32Array(content), shape, 'int32')
    : tf.tensor(new Float32Array(content), shape, 'float32');
}

function mappedOf(node: ReadNode, files: ReadonlyMap<string, Uint8Array>): tf.Tensor {
  const path = textOf(bytesAt(node.attributes.get('memory_region_name')!, 2));
  const content = Uint8Array.from(files.get(path)!).buffer;
  return tf.tensor(new Float32Array(content), readShape(bytesAt(node.attributes.get('shape')!, 7)), 'float32');
}

const integers = (tensor: tf.Tensor) => [...(tensor.dataSync() as Int32Array)];
const flag = (node: ReadNode, name: string) => numberAt(node.attributes.get(name), 5) === 1;

type Operation = (inputs: tf.Tensor[], node: ReadNode) => tf.Tensor;
const operations: Readonly<Record<string, Operation>> = {
  ReadVariableOp: ([x]) => x!,
  AddV2: ([a, b]) => tf.add(a!, b!),
  BiasAdd: ([a, b]) => tf.add(a!, b!),
  Mul: ([a, b]) => tf.mul(a!, b!),
  Sub: ([a, b]) => tf.sub(a!, b!),
  RealDiv: ([a, b]) => tf.div(a!, b!),
  SquaredDifference: ([a, b]) => tf.squaredDifference(a!, b!),
  Erf: ([x]) => tf.erf(x!),
  Tanh: ([x]) => tf.tanh(x!),
  Relu: ([x]) => tf.relu(x!),
  Rsqrt: ([x]) => tf.rsqrt(x!),
  Sqrt: ([x]) => tf.sqrt(x!),
  Softmax: ([x]) => tf.softmax(x!),
  Cast: ([x], node) => tf.cast(x!, numberAt(node.attributes.get('DstT'), 6) === 3 ? 'int32' : 'float32'),
  MatMul: ([a, b], node) => tf.matMul(a!, b!, flag(node, 'transpose_a'), flag(node, 'transpose_b')),
  BatchMatMulV2: ([a, b], node) => tf.matMul(a!, b!, flag(node, 'adj_x'), flag(node, 'adj_y')),
  GatherV2: ([x, indices, axis]) => tf.gather(x!, indices as tf.Tensor1D, integers(axis!)[0]!),
  Mean: ([x, axes], node) => tf.mean(x!, integers(axes!), flag(node, 'keep_dims')),
  Sum: ([x, axes], node) => tf.sum(x!, integers(axes!), flag(node, 'keep_dims')),
  Reshape: ([x, shape]) => tf.reshape(x!, integers(shape!)),
  Transpose: ([x, order]) => tf.transpose(x!, integers(order!)),
  Shape: ([x]) => tf.tensor1d(x!.shape, 'int32'),
  Pack: (parts) => tf.stack(parts),
  StridedSlice: ([x, from]) => tf.scalar(integers(x!)[integers(from!)[0]!]!, 'int32'),
  _FusedMatMul: ([a, b, bias], node) => {
    const product = tf.add(tf.matMul(a!, b!, flag(node, 'transpose_a'), flag(node, 'transpose_b')), bias!);
    const list = fieldsOf(bytesAt(node.attributes.get('fused_ops')!, 1));
    const [, activation] = (list.get(2) ?? []).map((text) => textOf(text as Uint8Array));
    if (activation === 'Tanh') return tf.tanh(product);
    if (activation === 'Relu') return tf.relu(product);
    if (activation === undefined) return product;
    return tf.mul(tf.mul(product, 0.5), tf.add(tf.erf(tf.mul(product, Math.SQRT1_2)), 1));
  },
  _MklLayerNorm: ([x, gamma, beta], node) => {
    const epsilon = numberAt(node.attributes.get('epsilon'), 4);
    const { mean, variance } = tf.moments(x!, -1, true);
    return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, epsilon))), gamma!), beta!);
  },
};
