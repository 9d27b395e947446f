import type { IndexBackend, IndexSettings } from './backend.js';
import { hnsw, usualExpansionSearch } from './hnsw.js';

/** HNSW in a file by another library than usearch, to compare them. */
export const hnswlibBackend: IndexBackend = {
  ...hnsw,
  quantizations: ['f32'],
  provider({ quantization = 'f32', ...settings }: IndexSettings) {
    const shape = { expansionSearch: usualExpansionSearch, ...(settings as Readonly<Record<string, number>>) };
    const module = () => import('@referent/index-hnswlib');
    return {
      backend: 'hnswlib',
      settings: { quantization, ...settings },
      create: async (dimensions) => (await module()).createHnswlibIndex({ ...shape, dimensions }),
      open: async (path, dimensions) => (await module()).openHnswlibIndex({ ...shape, path, dimensions }),
    };
  },
};
