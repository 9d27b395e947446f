// Measures linking on mentions with known answers: recall of the first stage, accuracy, and what is left unlinked.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { createEvaluation, formatTable } from '@referent/evaluation';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createGivenSpansDetector } from '@referent/mention-detection';
import { openModel } from '@referent/model/node';
import { createDenseSource, createNamesSource, createPipeline } from '@referent/pipeline';
import { defaultCacheFolder, fetchModel, startEngine } from '@referent/runtime';

const entities = [
  { id: 'paris-troy', title: 'Paris', text: 'A prince of Troy who carried off Helen.' },
  { id: 'paris-france', title: 'Paris', text: 'The capital and largest city of France, on the Seine.' },
  { id: 'paris-texas', title: 'Paris', text: 'A town in northeastern Texas.' },
  { id: 'mercury-planet', title: 'Mercury', text: 'The smallest planet, nearest to the sun.' },
  { id: 'mercury-element', title: 'mercury', text: 'A heavy metallic element, liquid at room temperature.' },
];
const mentions = JSON.parse(await readFile(new URL('mentions.json', import.meta.url), 'utf8'));

const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
const engine = await startEngine({ cacheFolder });
const model = await openModel({ folder: await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder }), engine });
const { store, names, keys } = createMemoryKnowledge(entities);
const index = createExactIndex({ dimensions: model.entityEncoder.dimensions });
await index.add(keys, await model.entityEncoder.encodeEntities(entities));

const encoder = model.mentionEncoders.topic ?? model.mentionEncoders.name;
const pipeline = createPipeline({
  detector: createGivenSpansDetector({ spans: [] }), // every mention is given
  sources: [createDenseSource({ encoder, index, store }), createNamesSource({ names })],
  fusion: { weights: { dense: 10, names: 5 } },
  decision: { nilThreshold: 0.5 }, // less probable than this is left unlinked
  store,
});

const evaluation = createEvaluation({ cutoffs: [1, 2, 4], keepOutcomes: true });
for (const { gold, ...mention } of mentions) {
  const { entity, candidates } = await pipeline.linkMention(mention);
  evaluation.add({ gold, retrieved: candidates.map((it) => it.entity.id), decided: entity?.id ?? null });
  if ((entity?.id ?? null) !== gold)
    console.log(`${mention.contextLeft}[${mention.surface}]: ${entity?.id ?? null}, not ${gold}`);
}
console.log(formatTable(evaluation.report()));
for (const part of [index, model, engine]) await part.close();
