export { createLancedbIndex, type LancedbIndex, openLancedbIndex } from './lancedb-index.js';
export type {
  CreateLancedbIndexOptions,
  LancedbGraph,
  LancedbIndexOptions,
  OpenLancedbIndexOptions,
} from './options.js';
