import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ReferentError } from '@referent/core';
import type { Precision } from '../engine.js';
import type { Program, WeightSource } from '../program.js';
import { createGraphBuilder, type GraphBuilder } from './graph-builder.js';
import { dataTypes, type EncodedNode, enclose, writeShape, writeText } from './graph-definition.js';
import type { GraphDialect } from './graph-layers.js';
import { createGraphOps } from './graph-ops.js';
import { createGraphForms, type GraphTensor } from './graph-tensor.js';
import { createGraphWeights, type WeightFile } from './graph-weights.js';

export interface GraphOptions {
  readonly program: Program;
  readonly weights: WeightSource;
  /** Of the matrix products. Layer norms, residual sums and the outputs stay in float32. @default 'float32' */
  readonly precision?: Precision;
  /** @default 'portable' */
  readonly dialect?: GraphDialect;
  /**
   * Names a file for a weight: the graph then maps it into memory instead of carrying it. TensorFlow copies a graph with
   * all its constants many times while it optimizes it: with files, a model starts some times faster in half the memory.
   * Not heeded for float16 in the dialect `onednn`, which multiplies fast only by constants of that type.
   * @default weights are constants inside the graph
   */
  readonly weightFile?: (number: number) => string;
}

/** A `saved_model.pb`, in pieces to be written one after the other. Weights are converted as their piece is asked for. */
export interface SavedModelBytes extends Iterable<Uint8Array> {
  readonly byteLength: number;
  /** What must be in place before the graph is loaded, where `weightFile` is given. */
  readonly files: readonly WeightFile[];
}

/** Raise it when the emitted graph of an unchanged program changes: cached graphs are then made anew. */
const emitterVersion = 3;

/** Protobuf reads no message of 2 GiB or more. */
const largestMessage = 2 ** 31 - 1;

/** Equal for graphs that are the same: material for the key of a cache. */
export function graphFingerprint({ program, weights, precision = 'float32', dialect = 'portable' }: GraphOptions) {
  return JSON.stringify([emitterVersion, program.name, weights.fingerprint, precision, dialect]);
}

/**
 * Writes a program as a TensorFlow SavedModel of one file, its weights inside as constants. Inputs and outputs of the
 * signature `serving_default` have the names of the program.
 * @throws `GRAPH_TOO_LARGE` the file would pass protobuf's 2 GiB
 */
export function emitSavedModel({
  program,
  weights: source,
  precision = 'float32',
  dialect = 'portable',
  weightFile,
}: GraphOptions): SavedModelBytes {
  const builder = createGraphBuilder();
  const forms = createGraphForms(builder);
  const files: WeightFile[] = [];
  const mayMap = dialect !== 'onednn' || precision !== 'float16';
  const weights = createGraphWeights(builder, source, mayMap ? weightFile : undefined, files);
  const inputs = mapValues(program.inputs, (spec, name): GraphTensor => {
    return { ...builder.input(name, spec), type: spec.type, flat: false };
  });
  const outputs = mapValues(
    program.build(createGraphOps({ builder, forms, weights, precision, dialect }), inputs),
    (x) => forms.full(forms.cast(x, 'float32')),
  );
  return encodeSavedModel({ name: program.name, builder, inputs, outputs, files });
}

export interface EmittedGraph {
  readonly name: string;
  readonly builder: GraphBuilder;
  readonly inputs: Readonly<Record<string, GraphTensor>>;
  readonly outputs: Readonly<Record<string, GraphTensor>>;
  readonly files?: readonly WeightFile[];
}

/** The nodes of a builder as a SavedModel. */
export function encodeSavedModel({ name, builder, inputs, outputs, files = [] }: EmittedGraph): SavedModelBytes {
  const initializer = builder.initializer();
  const versions = new BinaryWriter().tag(4, WireType.LengthDelimited).fork();
  const tail = versions.tag(1, WireType.Varint).int32(graphProducer).join().finish();
  const heads = builder.nodes.map(({ head, content }) =>
    enclose(new BinaryWriter(), 1, head, content?.byteLength ?? 0),
  );
  const graphLength = heads.reduce(
    (total, head, i) => total + head.byteLength + (builder.nodes[i]!.content?.byteLength ?? 0),
    tail.byteLength,
  );
  if (graphLength > largestMessage - 2 ** 20) throw tooLarge(name, graphLength);
  const signature = encodeSignatures(inputs, outputs, initializer);
  const metaHead = encodeMetaInfo().tag(2, WireType.LengthDelimited).uint32(graphLength).finish();
  const front = new BinaryWriter().tag(1, WireType.Varint).int64(1);
  const frontBytes = enclose(front, 2, metaHead, graphLength + signature.byteLength);
  return {
    byteLength: frontBytes.byteLength + graphLength + signature.byteLength,
    files,
    *[Symbol.iterator]() {
      yield frontBytes;
      yield* nodePieces(heads, builder.nodes);
      yield tail;
      yield signature;
    },
  };
}

/** The graph version of TensorFlow 2.9, the oldest library in use. */
const graphProducer = 1087;

function* nodePieces(heads: readonly Uint8Array[], nodes: readonly EncodedNode[]): Generator<Uint8Array> {
  for (const [i, head] of heads.entries()) {
    yield head;
    const { content } = nodes[i]!;
    if (content) yield content.bytes();
  }
}

function encodeMetaInfo(): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
  writeText(writer, 4, 'serve');
  return writer.join();
}

function encodeSignatures(
  inputs: Readonly<Record<string, GraphTensor>>,
  outputs: Readonly<Record<string, GraphTensor>>,
  initializer: string | undefined,
): Uint8Array {
  const writer = new BinaryWriter().tag(5, WireType.LengthDelimited).fork();
  writeText(writer, 1, 'serving_default').tag(2, WireType.LengthDelimited).fork();
  for (const [field, tensors] of [inputs, outputs].entries()) {
    for (const [name, { output, type, shape }] of Object.entries(tensors)) {
      writer.tag(field + 1, WireType.LengthDelimited).fork();
      writeText(writer, 1, name).tag(2, WireType.LengthDelimited).fork();
      writeText(writer, 1, `${output}:0`).tag(2, WireType.Varint).int32(dataTypes[type]);
      writer.tag(3, WireType.LengthDelimited).fork();
      writeShape(
        writer,
        shape.map((length) => (typeof length === 'number' ? length : -1)),
      );
      writer.join().join().join();
    }
  }
  writeText(writer, 3, 'tensorflow/serving/predict');
  writer.join().join();
  if (initializer !== undefined) {
    // The name by which TensorFlow knows what to run when it loads a model.
    const reserved = '__saved_model_init_op';
    writer.tag(5, WireType.LengthDelimited).fork();
    writeText(writer, 1, reserved).tag(2, WireType.LengthDelimited).fork().tag(2, WireType.LengthDelimited).fork();
    writeText(writer, 1, reserved).tag(2, WireType.LengthDelimited).fork();
    writeText(writer, 1, initializer).join().join().join().join();
  }
  return writer.finish();
}

export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

function tooLarge(name: string, bytes: number): ReferentError {
  return new ReferentError('GRAPH_TOO_LARGE', {
    what: `The graph of ${name} would be ${(bytes / 2 ** 30).toFixed(1)} GiB.`,
    why: 'TensorFlow reads a SavedModel as one protobuf message, which ends at 2 GiB.',
    fix: 'Use bfloat16 or float16, which halve the matrices, or the eager engine.',
    details: { bytes, limit: largestMessage },
  });
}
