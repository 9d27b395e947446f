import type { Hits, Rows, WorkOptions } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import type { KnowledgeBase } from '@referent/knowledge-base';

/** Vectors that are compared together: 100 MB of 384 dimensions. */
const vectorsTogether = 65536;

/** Keys that a search of the knowledge base may find, part by part. */
export async function* presentKeys(
  { manifest, store }: Pick<KnowledgeBase, 'manifest' | 'store'>,
  together = vectorsTogether,
): AsyncGenerator<Uint32Array> {
  const { through } = manifest.index;
  for (let first = 1; first <= through; first += together) {
    const keys = Array.from({ length: Math.min(together, through - first + 1) }, (_, i) => first + i);
    const entities = await store.get(keys); // removed ones are no longer there
    yield Uint32Array.from(keys.filter((_, i) => entities[i] !== undefined));
  }
}

/** The true best k of each query, in bounded memory: every vector is compared. */
export async function exactTruth(
  knowledgeBase: Pick<KnowledgeBase, 'manifest' | 'store' | 'vectors'>,
  queries: Rows,
  k: number,
  { signal, onProgress }: WorkOptions,
): Promise<Hits[]> {
  const { vectors, manifest } = knowledgeBase;
  let best: Hits[] = Array.from({ length: queries.count }, () => ({
    keys: new Uint32Array(),
    scores: new Float32Array(),
  }));
  let done = 0;
  for await (const keys of presentKeys(knowledgeBase)) {
    const index = createExactIndex({ dimensions: vectors.dimensions });
    await index.add(keys, await vectors.read(keys));
    const found = await index.search(queries, k, { signal });
    best = best.map((hits, query) => merged(hits, found[query]!, k));
    await index.close();
    done += keys.length;
    onProgress?.({ step: 'compare with all', done, total: manifest.counts.entities, unit: 'entities' });
  }
  return best;
}

function merged(a: Hits, b: Hits, k: number): Hits {
  const all = [a, b].flatMap(({ keys, scores }) => Array.from(keys, (key, at) => ({ key, score: scores[at]! })));
  all.sort((one, other) => other.score - one.score || one.key - other.key);
  const kept = all.slice(0, k);
  return {
    keys: Uint32Array.from(kept, ({ key }) => key),
    scores: Float32Array.from(kept, ({ score }) => score),
  };
}
