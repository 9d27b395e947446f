import { encodeBfloat16, encodeFloat16 } from '../number-formats.js';
import type { WeightSource } from '../program.js';
import { bytesOf, type GraphBuilder } from './graph-builder.js';
import type { DataType, LazyBytes } from './graph-definition.js';
import type { GraphTensor } from './graph-tensor.js';

/** The bytes of a weight, to be written to `path` before the graph is loaded. */
export interface WeightFile extends LazyBytes {
  readonly path: string;
}

/** A weight as a constant of the graph, in the number format in which it is used. */
export type GraphWeight = (name: string, type: DataType, scale?: number) => GraphTensor;

/** `files` receives the weights that `weightFile` moved out of the graph. */
export function createGraphWeights(
  builder: GraphBuilder,
  weights: WeightSource,
  weightFile: ((number: number) => string) | undefined,
  files: WeightFile[],
): GraphWeight {
  return (name, type, scale = 1) => {
    const { shape } = weights.get(name);
    const elements = shape.reduce((product, length) => product * length, 1);
    const key = `weight ${name} x ${scale}`;
    const content: LazyBytes = {
      byteLength: elements * (type === 'float32' ? 4 : 2),
      // Read again here, so that a converted copy lives only while it is written.
      bytes: () => encode(scaled(weights.get(name).data, scale), type),
    };
    const output = builder.once(`${key} ${type}`, () => {
      if (!weightFile) return builder.constant(key, type, shape, content);
      const path = weightFile(files.length);
      files.push({ path, ...content });
      return builder.mapped(key, type, shape, path);
    });
    return { output, type, shape, flat: false };
  };
}

function scaled(values: Float32Array, scale: number): Float32Array {
  return scale === 1 ? values : values.map((value) => value * scale);
}

function encode(values: Float32Array, type: DataType): Uint8Array {
  if (type === 'bfloat16') return bytesOf(encodeBfloat16(values)).bytes();
  if (type === 'float16') return bytesOf(encodeFloat16(values)).bytes();
  return bytesOf(values).bytes();
}
