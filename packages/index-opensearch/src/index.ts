export {
  createOpenSearchIndex,
  type OpenSearchIndex,
  type OpenSearchRebuild,
  openOpenSearchIndex,
  rebuildOpenSearchIndex,
} from './opensearch-index.js';
export type {
  CreateOpenSearchIndexOptions,
  OpenOpenSearchIndexOptions,
  OpenSearchConnectionOptions,
  OpenSearchIndexOptions,
  OpenSearchQuantization,
  RebuildOpenSearchIndexOptions,
} from './options.js';
