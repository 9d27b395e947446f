import type { VectorStore } from '@referent/core';
import type { IndexContext, ResidentIndex } from '@referent/knowledge-base';
import { type IndexBackend, type IndexSettings, type Quantization, residenceOf } from './backend.js';
import { hnsw, usualExpansionSearch } from './hnsw.js';

/** More vectors than this are kept in segments: a kill must not cost hours, nor a change as much as a build. */
const largestFile = 1_000_000;
/** Vectors after which the segment that is built is written, however much still fits into it. */
const checkpointSize = 1_000_000;
/** A search asks segment after segment: so each is as large as a graph in memory may be while it is built. */
const segmentBytes = 4 * 2 ** 30;
/** Bytes of a value, and what a node takes besides. */
const valueBytes = { f32: 4, f16: 2, i8: 1, b1: 1 / 8 };
const nodeBytes = 150;

function usualSegmentSize(dimensions: number, quantization: Quantization): number {
  return Math.max(largestFile, Math.floor(segmentBytes / (dimensions * valueBytes[quantization] + nodeBytes)));
}

/** HNSW in a file, or in segments. */
export const usearchBackend: IndexBackend = {
  ...hnsw,
  quantizations: ['f32', 'f16', 'i8', 'b1'],
  options: {
    ...hnsw.options,
    segmentSize: {
      kind: 'count',
      meaning: 'vectors per segment (default: one file, beyond a million segments of 4 GB)',
    },
  },
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
        checkpointSize,
      });
      return Object.assign(index, { finish: () => index.flush() });
    }
    return {
      backend: 'usearch',
      settings: { quantization, ...settings },
      residence: (vectors, dimensions) =>
        segmentSize !== undefined || vectors > largestFile
          ? { segmentSize: segmentSize ?? usualSegmentSize(dimensions, quantization) }
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
