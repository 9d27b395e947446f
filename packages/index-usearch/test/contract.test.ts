import { testVectorIndex } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { createUsearchIndex, openUsearchIndex, openUsearchSegments } from '../src/index.js';

testVectorIndex('usearch f32', {
  create: (dimensions) => createUsearchIndex({ dimensions }),
  optional: ['remove', 'update', 'save'],
  connection: 'none',
  minimumRecall: 0.95,
  saved: { files: temporaryFiles(), reopen: (path, dimensions) => openUsearchIndex({ path, dimensions }) },
});

testVectorIndex('usearch f16', {
  create: (dimensions) => createUsearchIndex({ dimensions, quantization: 'f16' }),
  optional: ['remove', 'update', 'save'],
  connection: 'none',
  minimumRecall: 0.95,
  scoreTolerance: 1e-3,
  saved: {
    files: temporaryFiles(),
    reopen: (path, dimensions) => openUsearchIndex({ path, dimensions, quantization: 'f16' }),
  },
});

const folders = temporaryFiles();

// Most promises of the suite then cross segments.
testVectorIndex('usearch, in segments', {
  create: async (dimensions) =>
    openUsearchSegments({ folder: await folders.path('segments'), dimensions, segmentSize: 100 }),
  optional: ['remove', 'update'],
  minimumRecall: 0.95,
  connection: 'none',
});
