import type { IndexContext, IndexProvider, OpenIndex } from '@referent/knowledge-base';
import { usageError } from '../command-context.js';

export type Quantization = 'f32' | 'f16' | 'i8' | 'b1';

/**
 * Linking asks for 64 candidates, so a search must keep many more in sight: with usearch's usual 64 the nearest 64 of
 * 63,339 gazetteer entries held .976 of the golds, exact search .992 (benchmarks/results/retrieval.md).
 */
const expansionSearch = 384;

/** The index backends of this app. A new one is one more entry here. */
export function indexProvider(backend: string, settings: { quantization?: Quantization } = {}): IndexProvider {
  if (backend === 'exact') {
    return {
      backend,
      settings: {},
      create: async (dimensions) => (await import('@referent/index-exact/node')).createExactIndex({ dimensions }),
      open: async (path, dimensions) =>
        (await import('@referent/index-exact/node')).openExactIndex({ path, dimensions }),
    };
  }
  if (backend !== 'usearch') throw usageError(`There is no index backend '${backend}'.`, 'Use usearch or exact.');
  const quantization = settings.quantization ?? 'f32';
  return {
    backend,
    settings: { quantization },
    create: async (dimensions, { vectors }) => {
      const { createUsearchIndex } = await import('@referent/index-usearch');
      return createUsearchIndex({ dimensions, expansionSearch, quantization, ...rescoring(quantization, vectors) });
    },
    open: async (path, dimensions, { vectors }) => {
      const { openUsearchIndex } = await import('@referent/index-usearch');
      return openUsearchIndex({ path, dimensions, expansionSearch, quantization, ...rescoring(quantization, vectors) });
    },
  };
}

/** The backend and settings that a knowledge base was built with. */
export function providerOf({ backend, settings }: Pick<IndexContext, 'backend' | 'settings'>): IndexProvider {
  return indexProvider(backend, settings as { quantization?: Quantization });
}

/** Opens whatever backend a knowledge base was built with. */
export const openAnyIndex: OpenIndex = (path, dimensions, context) =>
  providerOf(context).open(path, dimensions, context);

/** Quantized scores are rough: the hits are scored again with the full vectors. */
function rescoring(quantization: Quantization, vectors: IndexContext['vectors']) {
  return quantization === 'f32' ? {} : { rescore: vectors };
}
