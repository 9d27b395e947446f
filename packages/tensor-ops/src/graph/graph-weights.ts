import { encodeBfloat16, encodeFloat16 } from '../number-formats.js';
import type { WeightSource } from '../program.js';
import { bytesOf, type GraphBuilder } from './graph-builder.js';
import type { DataType, LazyBytes } from './graph-definition.js';
import type { GraphTensor } from './graph-tensor.js';

/** The bytes of a weight, to be written to `path` before the graph is loaded. */
export interface WeightFile extends LazyBytes {
  readonly path: string;
}

/** The weights of a model as values of the graph, in the number format in which they are used. */
export interface GraphWeights {
  /** As it is, times `scale`. */
  plain(name: string, type: DataType, scale?: number): GraphTensor;
  /**
   * Turned from O x I, as PyTorch stores it, to I x O, times `scale`. Kernels read it faster so wherever they do not
   * know it for a constant that they may rearrange once.
   */
  matrix(name: string, type: DataType, scale?: number): GraphTensor; // [I, O]
}

/** `files` receives the weights that `weightFile` moved out of the graph. */
export function createGraphWeights(
  builder: GraphBuilder,
  weights: WeightSource,
  weightFile: ((number: number) => string) | undefined,
  files: WeightFile[],
): GraphWeights {
  const add = (key: string, type: DataType, shape: readonly number[], read: () => Float32Array): GraphTensor => {
    const elements = shape.reduce((product, length) => product * length, 1);
    const content: LazyBytes = {
      byteLength: elements * (type === 'float32' ? 4 : 2),
      // Read here, so that a converted copy lives only while it is written.
      bytes: () => encode(read(), type),
    };
    const output = builder.once(`weight ${key} ${type}`, () => {
      if (!weightFile) return builder.constant(`weight ${key}`, type, shape, content);
      const path = weightFile(files.length);
      files.push({ path, ...content });
      return builder.mapped(`weight ${key}`, type, shape, path);
    });
    return { output, type, shape, flat: false };
  };
  return {
    plain: (name, type, scale = 1) =>
      add(`${name} x ${scale}`, type, weights.get(name).shape, () => scaled(weights.get(name).data, scale)),
    matrix(name, type, scale = 1) {
      const [outputs, inputs] = weights.get(name).shape as readonly [number, number];
      return add(`turned ${name} x ${scale}`, type, [inputs, outputs], () =>
        turned(weights.get(name).data, outputs, inputs, scale),
      );
    },
  };
}

function scaled(values: Float32Array, scale: number): Float32Array {
  return scale === 1 ? values : values.map((value) => value * scale);
}

/** Swaps rows and columns, block by block: both sides of a block fit the processor's cache. */
function turned(values: Float32Array, rows: number, columns: number, scale: number): Float32Array {
  const result = new Float32Array(values.length);
  const block = 32;
  for (let top = 0; top < rows; top += block) {
    for (let left = 0; left < columns; left += block) {
      for (let row = top; row < Math.min(top + block, rows); row++) {
        for (let column = left; column < Math.min(left + block, columns); column++) {
          result[column * rows + row] = values[row * columns + column]! * scale;
        }
      }
    }
  }
  return result;
}

function encode(values: Float32Array, type: DataType): Uint8Array {
  if (type === 'bfloat16') return bytesOf(encodeBfloat16(values)).bytes();
  if (type === 'float16') return bytesOf(encodeFloat16(values)).bytes();
  return bytesOf(values).bytes();
}
