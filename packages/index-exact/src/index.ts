export type { ExactIndex, ExactIndexOptions } from './exact-index.js';
export { createExactIndex } from './exact-index.js';
