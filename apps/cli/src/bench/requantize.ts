import { isReferentError, type VectorIndex, type WorkOptions } from '@referent/core';
import type { KnowledgeBase, ManifestIndex } from '@referent/knowledge-base';
import { indexProvider, type Quantization } from '../assemble/index-providers.js';

const keysTogether = 4096;
const allFormats: readonly Quantization[] = ['f32', 'f16', 'i8', 'b1'];
/** A server's index is not made anew for a measurement. */
const backendsInMemory: readonly string[] = ['usearch', 'exact'];

/** How an index keeps its vectors. */
export function formatOf({ settings }: Pick<ManifestIndex, 'settings'>): Quantization {
  return (settings.quantization as Quantization | undefined) ?? 'f32';
}

/** The number formats that a knowledge base's backend has; its own alone where it does not live in this process. */
export function formatsOf(index: Pick<ManifestIndex, 'backend' | 'settings'>): Quantization[] {
  if (!backendsInMemory.includes(index.backend)) return [formatOf(index)];
  return allFormats.filter((format) => {
    try {
      return formatOf(providerFor(index, format)) === format;
    } catch (error) {
      if (isReferentError(error, 'USAGE')) return false;
      throw error;
    }
  });
}

/** The vectors of a knowledge base in an index of the same backend and another number format. The caller closes it. */
export async function requantize(
  { manifest, store, vectors }: Pick<KnowledgeBase, 'manifest' | 'store' | 'vectors'>,
  quantization: Quantization,
  { signal, onProgress }: WorkOptions,
): Promise<VectorIndex> {
  const { backend, settings, create } = providerFor(manifest.index, quantization);
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

function providerFor({ backend, settings }: Pick<ManifestIndex, 'backend' | 'settings'>, quantization: Quantization) {
  return indexProvider(backend, { ...settings, quantization });
}
