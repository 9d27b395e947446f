// What a lexical source adds to the index and the names: what it finds that they miss, and what comes first then.
//   npm run build && node benchmarks/hybrid/run.mjs --work WORK --sets NAME=KB=MENTIONS=MODEL[=EVERY]... [--note TEXT]
// Knowledge bases are made by `referent build`; the index of their names' words is made here. WORK keeps what every mention
// was given (NAME.jsonl): delete it to measure anew. EVERY 4 measures each fourth mention.
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openUsearchIndex } from '@referent/index-usearch';
import { addLexicalIndex, openKnowledgeBase } from '@referent/knowledge-base';
import { openModel } from '@referent/model/node';
import {
  createDenseSource,
  createNamesSource,
  createPipeline,
  createVectorScorer,
  memoizeMentionEncoder,
} from '@referent/pipeline';
import { defaultCacheFolder, startEngine } from '@referent/runtime';
import { readLines } from '../retrieval/sets.mjs';
import { describeMachine, measuredCommit } from '../shared/machine.mjs';
import { root } from '../shared/referent.mjs';
import { writeResults } from '../shared/results.mjs';
import { compareWays } from './compare.mjs';
import { formatReport } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    work: { type: 'string' },
    sets: { type: 'string', multiple: true },
    note: { type: 'string' },
  },
});
if (!options.work || !options.sets) {
  console.error('Usage: node benchmarks/hybrid/run.mjs --work WORK --sets NAME=KB=MENTIONS=MODEL ...');
  process.exit(2);
}
const sets = [];
for (const given of options.sets) {
  const [name, kb, mentions, model, every = 1] = given.split('=');
  const file = join(options.work, `${name}.jsonl`);
  if (!existsSync(file)) await measure({ kb, mentions, model, every: Number(every), file });
  sets.push({ name, every: Number(every), examples: readLines(file) });
}
const result = {
  date: new Date().toISOString().slice(0, 10),
  command: 'node benchmarks/hybrid/run.mjs --work WORK --sets NAME=KB=MENTIONS=MODEL ...',
  commit: measuredCommit(root),
  machine: describeMachine(),
  every: Object.fromEntries(sets.map(({ name, every }) => [name, every])),
  ...(options.note && { note: options.note }),
  ...compareWays(sets),
};
writeResults('hybrid', result, formatReport(result));
process.exit();

/** All that three sources and the scorers say of every mention, written as one line each. */
async function measure({ kb, mentions, model: modelFolder, every, file }) {
  const folder = resolve(kb);
  await addLexicalIndex({ folder });
  const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
  const engine = await startEngine({ cacheFolder });
  const model = await openModel({ folder: resolve(modelFolder), engine, name: basename(modelFolder) });
  const knowledgeBase = await openKnowledgeBase({
    folder,
    openIndex: (path, dimensions) => openUsearchIndex({ path, dimensions, expansionSearch: 384 }),
  });
  const { store, names, lexical, index, vectors } = knowledgeBase;
  const { linking, mentionEncoders } = model;
  const encoder = memoizeMentionEncoder(mentionEncoders.name);
  const pipeline = createPipeline({
    detector: { name: 'none', detect: async () => [] },
    sources: [
      createDenseSource({ encoder, index, store }),
      createNamesSource({ names, scores: linking.nameScores }),
      lexical,
    ],
    scorers: [
      createVectorScorer({ name: 'dense', encoder, vectors }),
      createVectorScorer({ name: 'topic', encoder: mentionEncoders.topic, vectors }),
    ],
    fusion: linking.fusion,
    store,
    candidates: 1024,
    limits: { dense: 64, names: 512, lexical: 64 },
  });
  const { counts } = await knowledgeBase.info();
  const lines = [];
  const all = readLines(mentions).filter((_, i) => i % every === 0);
  const documents = all.map(({ id, context_left, mention, context_right, world }) => ({
    id,
    contextLeft: context_left,
    surface: mention,
    contextRight: context_right,
    ...(counts.worlds > 0 && world !== undefined && { world }),
  }));
  let at = 0;
  for await (const { error, mentions: linked } of pipeline.linkDocuments(documents)) {
    if (error) throw error;
    const { id, mention, world, label_id } = all[at];
    const start = performance.now();
    await lexical.retrieve([documents[at]], { limit: 64 });
    const milliseconds = performance.now() - start;
    const right = [label_id].flat();
    const candidates = linked[0].candidates.map(({ entity, sources, scores }) => ({
      ...(right.includes(entity.id) && { right: true, title: entity.title }),
      sources,
      scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, Number(score.toPrecision(5))])),
    }));
    lines.push(JSON.stringify({ id, mention, world, milliseconds, fusion: linking.fusion, candidates }));
    at++;
    if (at % 128 === 0) console.error(`${at} of ${all.length}`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  await knowledgeBase.close();
  await model.close();
  await engine.close();
}
