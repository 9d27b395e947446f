import { stat } from 'node:fs/promises';
import type { VectorIndex } from '@referent/core';
import type { IndexContext, IndexProvider, OpenIndex } from '@referent/knowledge-base';
import { usageError } from '../command-context.js';

export type Quantization = 'f32' | 'f16' | 'i8' | 'b1';

/** What the manifest keeps of an index: with another quantization it is another file, the rest says how it is searched. */
export interface IndexSettings {
  readonly quantization?: Quantization;
  /** Candidates that a search of usearch keeps in sight; `referent index tune` chooses it. */
  readonly expansionSearch?: number;
}

/** Every backend of this app, with the number formats that it has. */
export const backends: Readonly<Record<string, readonly Quantization[]>> = {
  usearch: ['f32', 'f16', 'i8', 'b1'],
  exact: ['f32', 'f16', 'i8'],
};

/**
 * Linking asks for 64 candidates, so a search must keep many more in sight: with usearch's usual 64 the nearest 64 of
 * 63,339 gazetteer entries held .976 of the golds, exact search .992 (benchmarks/results/retrieval.md).
 */
export const usualExpansionSearch = 384;

/** The index backends of this app. A new one is one more entry here. */
export function indexProvider(backend: string, settings: IndexSettings = {}): IndexProvider {
  const formats = backends[backend];
  if (!formats) {
    throw usageError(`There is no index backend '${backend}'.`, `Use ${Object.keys(backends).join(' or ')}.`);
  }
  const { quantization = 'f32' } = settings;
  if (!formats.includes(quantization)) {
    throw usageError(
      `The backend ${backend} has no ${quantization}.`,
      `Use ${formats.join(', ')}, or another backend.`,
    );
  }
  return backend === 'exact' ? exactProvider(quantization as 'f32' | 'f16' | 'i8') : usearchProvider(settings);
}

function exactProvider(quantization: 'f32' | 'f16' | 'i8'): IndexProvider {
  const module = () => import('@referent/index-exact/node');
  return {
    backend: 'exact',
    settings: quantization === 'f32' ? {} : { quantization },
    create: async (dimensions) => (await module()).createExactIndex({ dimensions, quantization }),
    async open(path, dimensions, { isWritable }) {
      const { openExactIndex, searchExactFile } = await module();
      const isLarge = !isWritable && (await stat(path).catch(() => ({ size: 0 }))).size > largestInMemory;
      return (isLarge ? searchExactFile : openExactIndex)({ path, dimensions, quantization });
    },
  };
}

/** A larger file of exact vectors is searched where it lies: slower, and the memory stays free. */
const largestInMemory = 4 * 2 ** 30;

function usearchProvider({ quantization = 'f32', expansionSearch }: IndexSettings): IndexProvider {
  const optionsFor = (dimensions: number, vectors: IndexContext['vectors']) => ({
    dimensions,
    expansionSearch: expansionSearch ?? usualExpansionSearch,
    quantization,
    // Quantized scores are rough: the hits are scored again with the full vectors.
    ...(quantization !== 'f32' && { rescore: vectors }),
  });
  return {
    backend: 'usearch',
    settings: { quantization, ...(expansionSearch !== undefined && { expansionSearch }) },
    create: async (dimensions, { vectors }) =>
      (await import('@referent/index-usearch')).createUsearchIndex(optionsFor(dimensions, vectors)),
    open: async (path, dimensions, { vectors }) =>
      (await import('@referent/index-usearch')).openUsearchIndex({ path, ...optionsFor(dimensions, vectors) }),
  };
}

/** A saved index of usearch as a view of its file, to try settings with: opens at once and reads what it needs. */
export async function viewUsearch(
  path: string,
  { quantization = 'f32', expansionSearch }: IndexSettings,
  vectors: IndexContext['vectors'],
): Promise<VectorIndex> {
  const { openUsearchIndex } = await import('@referent/index-usearch');
  return openUsearchIndex({
    path,
    dimensions: vectors.dimensions,
    expansionSearch: expansionSearch ?? usualExpansionSearch,
    quantization,
    ...(quantization !== 'f32' && { rescore: vectors }),
    view: true,
  });
}

/** The backend and settings that a knowledge base was built with. */
export function providerOf({ backend, settings }: Pick<IndexContext, 'backend' | 'settings'>): IndexProvider {
  return indexProvider(backend, settings as IndexSettings);
}

/** Opens whatever backend a knowledge base was built with. */
export const openAnyIndex: OpenIndex = (path, dimensions, context) =>
  providerOf(context).open(path, dimensions, context);
