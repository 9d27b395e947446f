import type { VectorStore } from '@referent/core';
import type { IndexContext, ResidentIndex } from '@referent/knowledge-base';
import { type IndexBackend, type IndexSettings, residenceOf } from './backend.js';

/**
 * Linking asks for 64 candidates, so a search must keep many more in sight: with usearch's usual 64 the nearest 64 of
 * 63,339 gazetteer entries held .976 of the golds, exact search .992 (benchmarks/results/retrieval.md).
 */
const usualExpansionSearch = 384;

/** More vectors than this are kept in segments: they fit no memory at once, and a kill must not cost hours. */
const usualSegmentSize = 1_000_000;

/** HNSW in a file, or in segments. */
export const usearchBackend: IndexBackend = {
  quantizations: ['f32', 'f16', 'i8', 'b1'],
  options: {
    expansionSearch: {
      kind: 'count',
      meaning: `candidates in sight while searching, ${usualExpansionSearch} by default`,
    },
    expansionAdd: { kind: 'count', meaning: 'candidates in sight while adding' },
    connectivity: { kind: 'count', meaning: 'edges per node' },
    segmentSize: {
      kind: 'count',
      meaning: 'vectors per segment (default: one file, beyond a million segments of a million)',
    },
  },
  tuned: { setting: 'expansionSearch', values: [64, 96, 128, 192, 256, 384, 512, 768] },
  provider({ quantization = 'f32', ...settings }: IndexSettings) {
    const {
      segmentSize,
      expansionSearch = usualExpansionSearch,
      ...shape
    } = settings as Readonly<Record<string, number>>;
    const module = () => import('@referent/index-usearch');
    const optionsFor = (dimensions: number, vectors: VectorStore) => ({
      ...shape,
      dimensions,
      expansionSearch,
      quantization,
      // Quantized scores are rough: the hits are scored again with the full vectors.
      ...(quantization !== 'f32' && { rescore: vectors }),
    });
    async function openSegments(dimensions: number, context: IndexContext): Promise<ResidentIndex> {
      const { folder, where } = residenceOf(context);
      const index = await (await module()).openUsearchSegments({
        ...optionsFor(dimensions, context.vectors),
        folder,
        segmentSize: where.segmentSize as number,
      });
      return Object.assign(index, { finish: () => index.flush() });
    }
    return {
      backend: 'usearch',
      settings: { quantization, ...settings },
      residence: (vectors) =>
        segmentSize !== undefined || vectors > usualSegmentSize
          ? { segmentSize: segmentSize ?? usualSegmentSize }
          : undefined,
      create: async (dimensions, context) =>
        context.residence
          ? openSegments(dimensions, context)
          : (await module()).createUsearchIndex(optionsFor(dimensions, context.vectors)),
      open: async (path, dimensions, context) =>
        context.residence
          ? openSegments(dimensions, context)
          : (await module()).openUsearchIndex({
              path,
              ...optionsFor(dimensions, context.vectors),
              view: !context.isWritable,
            }),
    };
  },
  describe: ({ where }) => `segments of ${where.segmentSize}`,
};
