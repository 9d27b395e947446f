// Links the mentions of a text to a short list of entities, with the model that `referent setup` fetched.
import { homedir } from 'node:os';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createAutoDetector } from '@referent/mention-detection';
import { openModel } from '@referent/model/node';
import { createDenseSource, createNamesSource, createPipeline } from '@referent/pipeline';
import { defaultCacheFolder, fetchModel, startEngine } from '@referent/runtime';

const entities = [
  {
    id: 'paris-troy',
    title: 'Paris',
    text: 'A prince of Troy, son of Priam, whose love for Helen began the Trojan War.',
  },
  { id: 'paris-france', title: 'Paris', text: 'The capital and largest city of France, on the river Seine.' },
  { id: 'paris-texas', title: 'Paris', text: 'A town in northeastern Texas, the seat of Lamar County.' },
  { id: 'helen', title: 'Helen of Troy', text: 'The wife of Menelaus, carried off to Troy.', aliases: ['Helen'] },
  { id: 'seine', title: 'Seine', text: 'A river in northern France that flows into the English Channel.' },
];
const text = `Three stories. A prince named [[Paris]] carries [[Helen]] off to Troy, and her husband begins a war.

A painter rents a room above the [[Seine]] in [[Paris]], where the whole of France comes to be admired, and where nobody
at all will buy his pictures of bridges, boats and rain. He sells nothing, and is happy.

A girl grows up in Texas, on a ranch near the town of [[Paris]], and leaves for college in Lamar County.`;

const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
const engine = await startEngine({ cacheFolder });
const model = await openModel({ folder: await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder }), engine });

const { store, names, keys } = createMemoryKnowledge(entities);
const index = createExactIndex({ dimensions: model.entityEncoder.dimensions });
await index.add(keys, await model.entityEncoder.encodeEntities(entities));

// All bearers of a name are proposed by `names`; what stands around the mention tells them apart.
const encoder = model.mentionEncoders.topic ?? model.mentionEncoders.name;
const pipeline = createPipeline({
  detector: createAutoDetector({ names }),
  sources: [createDenseSource({ encoder, index, store }), createNamesSource({ names })],
  fusion: { weights: { dense: 10, names: 5 } },
  store,
});

for (const { start, surface, entity, probability, candidates } of await pipeline.link(text)) {
  const others = candidates.slice(1, 3).map((candidate) => candidate.entity.id);
  console.log(
    `${String(start).padStart(4)} ${surface.padEnd(6)} ${entity.id.padEnd(13)} ${probability.toFixed(2)}  not ${others.join(', ')}`,
  );
}
for (const part of [index, model, engine]) await part.close();
