import { testVectorIndex } from '@referent/testing';
import { temporaryFiles } from '@referent/testing/node';
import { createLancedbIndex, type LancedbIndex } from '../src/index.js';

const files = temporaryFiles();

testVectorIndex('lancedb without a graph', {
  create: async (dimensions) => createLancedbIndex({ folder: await files.path('index'), dimensions }),
  optional: ['remove', 'update'],
  minimumRecall: 1,
  connection: 'none',
});

testVectorIndex('lancedb ivf-flat', {
  async create(dimensions) {
    const folder = await files.path('index');
    return inGraph(await createLancedbIndex({ folder, dimensions, graphFrom: 100, partSize: 150, probes: 5 }));
  },
  optional: ['remove', 'update'],
  minimumRecall: 0.9,
  connection: 'none',
});

/** Every vector in the graph at once, so that searches use it. */
function inGraph(index: LancedbIndex): LancedbIndex {
  const { add, update } = index;
  index.add = async (...batch) => {
    await add(...batch);
    await index.buildGraph();
  };
  index.update = async (...batch) => {
    await update(...batch);
    await index.buildGraph();
  };
  return index;
}
