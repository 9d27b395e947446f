import { testVectorIndex } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { describe } from 'vitest';
import { createHnswlibIndex, openHnswlibIndex } from '../src/index.js';
import { isInstalled } from './installed.js';

describe.skipIf(!isInstalled)('with hnswlib-node, which a compiler must have made', () => {
  testVectorIndex('hnswlib', {
    create: (dimensions) => createHnswlibIndex({ dimensions }),
    optional: ['remove', 'update', 'save'],
    connection: 'none',
    minimumRecall: 0.95,
    saved: { files: temporaryFiles(), reopen: (path, dimensions) => openHnswlibIndex({ path, dimensions }) },
  });
});
