import type { IndexBackend } from './backend.js';

/**
 * Linking asks for 64 candidates, so a search must keep many more in sight: with usearch's usual 64 the nearest 64 of
 * 63,339 gazetteer entries held .976 of the golds, exact search .992 (benchmarks/results/retrieval.md).
 */
export const usualExpansionSearch = 384;

/** What the graphs in files have in common. */
export const hnsw = {
  options: {
    expansionSearch: {
      kind: 'count',
      meaning: `candidates in sight while searching, ${usualExpansionSearch} by default`,
    },
    expansionAdd: { kind: 'count', meaning: 'candidates in sight while adding' },
    connectivity: { kind: 'count', meaning: 'edges per node' },
  },
  tuned: { setting: 'expansionSearch', values: [64, 96, 128, 192, 256, 384, 512, 768] },
} as const satisfies Pick<IndexBackend, 'options' | 'tuned'>;
