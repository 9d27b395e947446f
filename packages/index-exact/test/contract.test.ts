import { testVectorIndex } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { createExactIndex } from '../src/index.js';
import { createExactIndex as createSavableIndex, openExactIndex } from '../src/node.js';

const files = temporaryFiles();

testVectorIndex('exact', {
  create: async (dimensions) => createExactIndex({ dimensions }),
  optional: ['remove', 'update'],
  minimumRecall: 1,
  connection: 'none',
});

for (const [quantization, minimumRecall, scoreTolerance] of [
  ['f32', 1, 1e-5],
  ['f16', 0.99, 1e-3],
  ['i8', 0.94, 0.01],
] as const) {
  testVectorIndex(`exact ${quantization}, in Node`, {
    create: async (dimensions) => createSavableIndex({ dimensions, quantization }),
    optional: ['remove', 'update', 'save'],
    minimumRecall,
    scoreTolerance,
    connection: 'none',
    saved: { files, reopen: (path, dimensions) => openExactIndex({ path, dimensions, quantization }) },
  });
}
