// How well candidates are found by the untrained encoder, by names, by both, and by BM25.
//   npm run build && node benchmarks/retrieval/run.mjs --data <folder> --work <folder> [--python python3]

import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCacheFolder, startEngine } from '@referent/runtime';
import { describeMachine, measuredCommit } from '../shared/machine.mjs';
import { referent, root } from '../shared/referent.mjs';
import { writeResults } from '../shared/results.mjs';
import { bm25Version, countsOf, ensureKnowledgeBase, evaluate, evaluateBm25, linkNamesakes, ways } from './measure.mjs';
import { formatReport } from './report.mjs';
import { openSets, precisionSet, referenceOf } from './sets.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    work: { type: 'string' },
    sets: { type: 'string', default: 'worlds,bio,geo,wsd,wsd-lemma' },
    python: { type: 'string', default: 'python3' },
  },
});
if (!options.data || !options.work) {
  console.error(
    'Usage: node benchmarks/retrieval/run.mjs --data <folder> --work <folder> [--sets A,B] [--python python3]',
  );
  process.exit(2);
}
const work = resolve(options.work);
const bm25s = await bm25Version(options.python);
const sets = openSets({ data: resolve(options.data), work });
const chosen = options.sets.split(',');
const unknown = chosen.filter((name) => !sets.some((set) => set.name === name));
if (unknown.length > 0) throw new Error(`There is no set ${unknown.join(', ')}.`);

const rows = [];
for (const set of sets.filter(({ name }) => chosen.includes(name))) {
  await ensureKnowledgeBase(set);
  const measured = { bm25: await evaluateBm25(set, options.python) };
  for (const [way, sources] of Object.entries(ways)) measured[way] = await evaluate(set, sources);
  for (const [group, counts] of Object.entries(countsOf(set))) {
    const name = group === 'all' ? set.name : group;
    const recall = Object.fromEntries(
      Object.entries(measured).map(([way, { all, worlds }]) => [way, group === 'all' ? all : worlds[group]]),
    );
    const reference = referenceOf(name);
    rows.push({ set: name, ...counts, reference, recall });
    console.error(name, recall);
    recall.dense.forEach((value, at) => {
      if (Math.abs(value - reference[at]) > 0.02) console.error(`! ${name}: PyTorch gives ${reference}`);
    });
  }
}

const small = precisionSet(sets, work);
const precision = {};
for (const format of ['float32', 'bfloat16']) {
  const set = { ...small, knowledgeBase: `${work}/precision-${format}.kb` };
  await ensureKnowledgeBase(set, ['--precision', format]);
  precision[format] = (await evaluate(set, ['--sources', 'dense', '--precision', format])).worlds;
}

const namesakes = await linkNamesakes();
const { manifest } = JSON.parse(await referent('info', '--kb', `${work}/precision-float32.kb`, '--json'));
const result = {
  date: new Date().toISOString().slice(0, 10),
  command: 'node benchmarks/retrieval/run.mjs --data <folder> --work <folder>',
  data: `the dev splits of ${chosen.join(', ')}`,
  leftOut: sets.map(({ name }) => name).filter((name) => !chosen.includes(name)),
  commit: measuredCommit(root),
  machine: describeMachine(),
  engine: await describeEngine(),
  model: `${manifest.model.name}, untrained, ${manifest.model.hash.slice(0, 12)}`,
  bm25s,
  cutoffs: [1, 16, 64],
  rows,
  namesakes,
  precision,
};
writeResults('retrieval', result, formatReport(result));
process.exit();

/** What `--precision auto` stands for here. */
async function describeEngine() {
  const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
  const engine = await startEngine({ cacheFolder });
  const { kind, tensorflowVersion, precision: format, precisionReason } = engine.info;
  await engine.close();
  return { kind, tensorflowVersion, precision: format, precisionReason };
}
