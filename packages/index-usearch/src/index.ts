export type { OpenUsearchOptions, Quantization, UsearchOptions } from './options.js';
export type { UsearchIndex } from './usearch-index.js';
export { createUsearchIndex, openUsearchIndex } from './usearch-index.js';
