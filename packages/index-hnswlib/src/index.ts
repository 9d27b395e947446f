export type { HnswlibIndex } from './hnswlib-index.js';
export { createHnswlibIndex, openHnswlibIndex } from './hnswlib-index.js';
export type { HnswlibIndexOptions, OpenHnswlibIndexOptions } from './options.js';
