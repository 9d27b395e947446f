/** The inner products of every row of one matrix with every row of another. */
export type MatrixProduct = (
  queries: Float32Array, // [Q, D]
  rows: Float32Array, // [R, D]
  dimensions: number,
) => Promise<Float32Array>; // [Q, R]

/** The part of TensorFlow.js that is used: `@tensorflow/tfjs-core` with any backend. */
export interface MatrixTensorFlow {
  tensor2d(values: Float32Array, shape: [number, number]): MatrixTensor;
  /** Takes its own tensors only, whatever their type is called. */
  matMul(a: never, b: never, transposeA: boolean, transposeB: boolean): MatrixTensor;
}

interface MatrixTensor {
  data(): Promise<unknown>;
  dispose(): void;
}

/** Lets an exact index compare by TensorFlow.js, on whatever backend it runs: `createMatrixProduct(tf)`. */
export function createMatrixProduct(tensorflow: MatrixTensorFlow): MatrixProduct {
  return async (queries, rows, dimensions) => {
    // The tensors get copies: some backends keep the array that they are given, and ours is written over.
    const a = tensorflow.tensor2d(queries.slice(), [queries.length / dimensions, dimensions]);
    const b = tensorflow.tensor2d(rows.slice(), [rows.length / dimensions, dimensions]);
    const product = tensorflow.matMul(a as never, b as never, false, true);
    try {
      return (await product.data()) as Float32Array; // of two matrices of float32
    } finally {
      for (const tensor of [a, b, product]) tensor.dispose();
    }
  };
}
