import { ReferentError } from '@referent/core';
import type { TensorFlow } from './tensorflow.js';

/** WebAssembly with SIMD, on one thread: what runs everywhere and needs no setup. */
export async function loadWasm(): Promise<TensorFlow> {
  const core = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  // A CommonJS module, seen from an ES module, is the default of its namespace.
  const tf = ('default' in core ? core.default : core) as TensorFlow;
  if (await tf.setBackend('wasm')) return tf;
  throw new ReferentError('ENGINE_WASM_FAILED', {
    what: 'The WebAssembly engine could not be started.',
    fix: 'Set TensorFlow up with `referent setup`.',
  });
}
