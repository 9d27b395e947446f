import { testVectorIndex } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { createExactIndex } from '../src/index.js';
import { createExactIndex as createSavableIndex, openExactIndex } from '../src/node.js';

testVectorIndex('exact', {
  create: async (dimensions) => createExactIndex({ dimensions }),
  optional: ['remove'],
  minimumRecall: 1,
});

testVectorIndex('exact, in Node', {
  create: async (dimensions) => createSavableIndex({ dimensions }),
  optional: ['remove', 'save'],
  minimumRecall: 1,
  saved: { files: temporaryFiles(), reopen: (path, dimensions) => openExactIndex({ path, dimensions }) },
});
