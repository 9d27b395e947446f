import type { Entity, Progress } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge, createMemoryVectors } from '@referent/knowledge-base/memory';
import { createLinker } from '@referent/linker';
import { createAutoDetector } from '@referent/mention-detection';
import { createFetchedFiles, openModel } from '@referent/model';
import { createEagerEngine } from '@referent/tensor-ops';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

interface Facts {
  readonly model: { readonly name: string; readonly hash: string; readonly dimensions: number };
  readonly entities: readonly Entity[];
}

/** So much of the text on each side is read: more than the model's window holds, and little enough to be remembered. */
const contextCharacters = 240;

/** Model, knowledge base and engine, from the files beside the page. */
export async function openLinker(page: URL, onProgress: (progress: Progress) => void) {
  setWasmPaths(new URL('wasm/', page).href);
  await tf.setBackend('wasm');
  const engine = createEagerEngine({ tf, name: 'wasm' });
  const base = createFetchedFiles({ url: new URL('knowledge-base/', page) });
  const [facts, bytes] = await Promise.all([base.read('entities.json'), base.read('vectors.bin')]);
  if (!facts || !bytes) throw new Error('The knowledge base is missing: run `npm run prepare-page` first.');
  const { model: encodedBy, entities } = JSON.parse(new TextDecoder().decode(facts)) as Facts;
  const model = await openModel({ files: createFetchedFiles({ url: new URL('model/', page) }), engine, onProgress });
  if (model.hash !== encodedBy.hash) throw new Error(`The knowledge base was encoded with another ${encodedBy.name}.`);

  const { store, names, keys } = createMemoryKnowledge(entities);
  const { dimensions } = encodedBy;
  const rows = { data: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), count: keys.length };
  const index = createExactIndex({ dimensions });
  await index.add(keys, rows);
  const detector = createAutoDetector({ names });
  const knowledgeBase = { store, names, index, vectors: createMemoryVectors({ dimensions, keys, rows }) };
  const linker = await createLinker({ model, knowledgeBase, detector, contextCharacters, candidates: 16 });
  return { linker, detector, contextCharacters, entities: entities.length };
}
