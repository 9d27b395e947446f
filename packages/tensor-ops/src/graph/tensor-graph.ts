import type { WorkOptions } from '@referent/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { InputSpec } from '../program.js';
import { createGraphBuilder, type GraphBuilder } from './graph-builder.js';
import type { GraphTensor } from './graph-tensor.js';
import { encodeSavedModel, mapValues, type SavedModelBytes } from './saved-model.js';

/** A graph of TensorFlow's own operations that has no weights: all of its values come in. */
export interface TensorGraphSource {
  /** Says what the graph computes, settings and version included: two graphs of one name are the same. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  build(
    builder: GraphBuilder,
    inputs: Readonly<Record<string, GraphTensor>>,
  ): Readonly<Record<string, Pick<GraphTensor, 'output' | 'shape'>>>;
}

/** A prepared graph, from tensors to tensors: nothing is copied into JavaScript's memory. */
export interface TensorGraph {
  /** Call it inside `tf.tidy`, or dispose what it gives. */
  run(inputs: Readonly<Record<string, tfjs.Tensor>>): Readonly<Record<string, tfjs.Tensor>>;
  close(): Promise<void>;
}

/** What a native engine can do besides running programs. */
export interface TensorGraphEngine {
  openGraph(source: TensorGraphSource, options?: WorkOptions): Promise<TensorGraph>;
}

/** Writes the graph as a TensorFlow SavedModel; all outputs are float32. */
export function emitTensorGraph(source: TensorGraphSource): SavedModelBytes {
  const builder = createGraphBuilder();
  const inputs = mapValues(source.inputs, (spec, name): GraphTensor => {
    return { ...builder.input(name, spec), type: spec.type, flat: false };
  });
  const outputs = mapValues(source.build(builder, inputs), (given): GraphTensor => {
    return { ...given, type: 'float32', flat: false };
  });
  return encodeSavedModel({ name: source.name, builder, inputs, outputs });
}
