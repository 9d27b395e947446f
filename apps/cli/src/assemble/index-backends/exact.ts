import { stat } from 'node:fs/promises';
import type { IndexBackend } from './backend.js';

/** A larger file of exact vectors is searched where it lies: slower, and the memory stays free. */
const largestInMemory = 4 * 2 ** 30;

/** Compares all vectors. */
export const exactBackend: IndexBackend = {
  quantizations: ['f32', 'f16', 'i8'],
  options: {},
  provider({ quantization = 'f32' }) {
    const format = quantization as 'f32' | 'f16' | 'i8';
    const module = () => import('@referent/index-exact/node');
    return {
      backend: 'exact',
      settings: format === 'f32' ? {} : { quantization: format },
      create: async (dimensions) => (await module()).createExactIndex({ dimensions, quantization: format }),
      async open(path, dimensions, { isWritable }) {
        const { openExactIndex, searchExactFile } = await module();
        const isLarge = !isWritable && (await stat(path).catch(() => ({ size: 0 }))).size > largestInMemory;
        return (isLarge ? searchExactFile : openExactIndex)({ path, dimensions, quantization: format });
      },
    };
  },
};
