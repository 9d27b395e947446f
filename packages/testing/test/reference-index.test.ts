import { createReferenceIndex, testVectorIndex } from '../src/index.js';

testVectorIndex('reference', {
  create: async (dimensions) => createReferenceIndex({ dimensions }),
  optional: ['remove'],
  minimumRecall: 1,
});
