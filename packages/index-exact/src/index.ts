export { createExactIndex, type ExactIndex, type ExactIndexOptions } from './exact-index.js';
export { createMatrixProduct, type MatrixProduct, type MatrixTensorFlow } from './matrix-product.js';
export type { RowFormat } from './row-format.js';
