export type { OpenUsearchOptions, Quantization, UsearchOptions } from './options.js';
export type { SegmentedUsearchIndex, UsearchSegmentsOptions } from './segmented-index.js';
export { openUsearchSegments } from './segmented-index.js';
export type { UsearchIndex } from './usearch-index.js';
export { createUsearchIndex, openUsearchIndex } from './usearch-index.js';
