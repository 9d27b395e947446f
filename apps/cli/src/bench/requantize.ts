import type { VectorIndex, WorkOptions } from '@referent/core';
import type { KnowledgeBase } from '@referent/knowledge-base';
import { indexProvider, type Quantization } from '../assemble/index-providers.js';

const keysTogether = 4096;

/** The vectors of a knowledge base in an index of another number format, in memory. The caller closes it. */
export async function requantize(
  { manifest, store, vectors }: Pick<KnowledgeBase, 'manifest' | 'store' | 'vectors'>,
  quantization: Quantization,
  { signal, onProgress }: WorkOptions,
): Promise<VectorIndex> {
  const { backend, settings, create } = indexProvider('usearch', { quantization });
  const index = await create(vectors.dimensions, { backend, settings, vectors, isWritable: true });
  const { through } = manifest.index;
  try {
    for (let first = 1; first <= through; first += keysTogether) {
      signal?.throwIfAborted();
      const keys = Array.from({ length: Math.min(keysTogether, through - first + 1) }, (_, i) => first + i);
      const entities = await store.get(keys); // removed ones are no longer there
      const present = Uint32Array.from(keys.filter((_, i) => entities[i] !== undefined));
      await index.add(present, await vectors.read(present));
      const done = Math.min(through, first + keysTogether - 1);
      onProgress?.({ step: `index as ${quantization}`, done, total: through, unit: 'vectors' });
    }
    return index;
  } catch (error) {
    await index.close();
    throw error;
  }
}
