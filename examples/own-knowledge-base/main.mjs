// Makes a knowledge base of a CSV file, adds to it, and links against it. Builds go on where they were stopped.
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createExactIndex, openExactIndex } from '@referent/index-exact/node';
import {
  addEntities,
  buildKnowledgeBase,
  createEntitySource,
  openEntitySource,
  openKnowledgeBase,
} from '@referent/knowledge-base';
import { createAutoDetector } from '@referent/mention-detection';
import { openModel } from '@referent/model/node';
import { createDenseSource, createNamesSource, createPipeline } from '@referent/pipeline';
import { defaultCacheFolder, fetchModel, startEngine } from '@referent/runtime';

const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
const engine = await startEngine({ cacheFolder });
const model = await openModel({ folder: await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder }), engine });

const folder = join(await mkdtemp(join(tmpdir(), 'products-')), 'products.kb');
const index = {
  backend: 'exact',
  settings: {},
  create: async (dimensions) => createExactIndex({ dimensions }),
  open: (path, dimensions) => openExactIndex({ path, dimensions }),
};
const { dimensions } = model.entityEncoder;
const common = {
  folder,
  encoder: model.entityEncoder,
  model: { name: model.name, hash: model.hash, dimensions },
  index,
  onProblem: ({ line, reason }) => console.log(`products.csv:${line} skipped: ${reason}`),
};

const products = await openEntitySource(fileURLToPath(new URL('products.csv', import.meta.url)), {
  columns: { id: 'sku', title: 'name', text: 'description', aliases: 'also' },
});
await buildKnowledgeBase({ ...common, sources: [products] });
const news = [{ id: 'M-320', title: 'Mira toaster', text: 'A toaster for two slices.', aliases: ['Mira'] }];
await addEntities({ ...common, sources: [createEntitySource({ name: 'news', entities: () => news })] });

const { store, names, index: opened, close } = await openKnowledgeBase({ folder, openIndex: index.open });
console.log(`${store.size} products`);
const encoder = model.mentionEncoders.topic ?? model.mentionEncoders.name;
const pipeline = createPipeline({
  detector: createAutoDetector({ names }),
  sources: [createDenseSource({ encoder, index: opened, store }), createNamesSource({ names })],
  fusion: { weights: { dense: 10, names: 5 } },
  store,
});
const reviews = [
  'The [[Atlas]] gives a warm light beside the bed.',
  'My [[Mira]] boils a litre of water in two minutes.',
];
for (const review of reviews) {
  for (const { entity, probability } of await pipeline.link(review)) {
    console.log(`${review}\n  -> ${entity.id} ${entity.title} (${probability.toFixed(2)})`);
  }
}
await close();
for (const part of [model, engine]) await part.close();
await rm(join(folder, '..'), { recursive: true });
