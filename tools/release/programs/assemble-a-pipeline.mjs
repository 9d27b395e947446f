import assert from 'node:assert/strict';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createAutoDetector } from '@referent/mention-detection';
import { openModel } from '@referent/model/node';
import { createDenseSource, createPipeline } from '@referent/pipeline';
import { startEngine } from '@referent/runtime';

const entities = [
  { id: 'fr', title: 'Paris', text: 'The capital of France, on the Seine.' },
  { id: 'tx', title: 'Paris', text: 'A town in Texas, the seat of Lamar County.' },
];
const engine = await startEngine({ cacheFolder: '.referent' });
const model = await openModel({ folder: 'all-MiniLM-L6-v2', engine });
const { store, names, keys } = createMemoryKnowledge(entities);
const index = createExactIndex({ dimensions: model.entityEncoder.dimensions });
await index.add(keys, await model.entityEncoder.encodeEntities(entities));

const { topic, name } = model.mentionEncoders;
const pipeline = createPipeline({
  detector: createAutoDetector({ names }),
  sources: [createDenseSource({ encoder: topic ?? name, index, store })],
  fusion: { weights: { dense: 1 } },
  store,
});
const [linked] = await pipeline.link('He sold his cattle in [[Paris]], a town in Texas.');
assert.equal(linked.entity.id, 'tx');
console.log(linked.surface, linked.entity.id, linked.probability);
for (const part of [index, store, model, engine]) await part.close();
