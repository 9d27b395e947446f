// One query at a time against a large index that is mapped into memory, with the full vectors in a file: how long it
// takes, what it finds, and what stays in memory. Run it when nothing else runs.
//   node benchmarks/index/large.mjs --index FILE --vectors VECTORS.f32 --queries QUERIES.f32 --truth TRUTH.json
//     [--real-queries QUERIES.f32 --real-truth TRUTH.json] [--first-key 1] [--quantization i8] [--expansions 128,192,256]
//     [--k 100] [--rounds 3] [--grown LOG.jsonl] [--exact FACTS.json] [--likeness FACTS.json] [--name index-large]
// TRUTH.json holds the keys of the true best of every query (truth.py). LOG.jsonl has a line for every part that was added:
// {"done", "addCpu"} (grow.mjs); --exact is what exact-large.mjs wrote, --likeness {"about", "rows": [{"name", "cosines",
// "dimension"}]}. Cold: the system forgets what it holds of both files first (`dd`). Each setting is measured in several
// rounds, of which the one with the lowest median counts: what else runs on the machine only ever adds.
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openUsearchIndex } from '@referent/index-usearch';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';
import { cpuSeconds, peakBytes, readQueries, resetPeak, residentBytes, rowFile } from './vectors.mjs';

const { values } = parseArgs({
  options: {
    index: { type: 'string' },
    vectors: { type: 'string' },
    queries: { type: 'string' },
    truth: { type: 'string' },
    'real-queries': { type: 'string' },
    'real-truth': { type: 'string' },
    exact: { type: 'string' },
    likeness: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    grown: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    'first-key': { type: 'string', default: '0' },
    quantization: { type: 'string', default: 'i8' },
    expansions: { type: 'string', default: '128,192,256,384' },
    k: { type: 'string', default: '100' },
    name: { type: 'string', default: 'index-large' },
  },
});
const [dimensions, firstKey, k, rounds] = [values.dimensions, values['first-key'], values.k, values.rounds].map(Number);
const load = currentLoad();
const file = rowFile(values.vectors, dimensions);
const rescore = {
  dimensions,
  read: (keys, more) =>
    file.store.read(
      keys.map((key) => key - firstKey),
      more,
    ),
};
const generated = querySet(values.queries, values.truth);
const real = values['real-queries'] && querySet(values['real-queries'], values['real-truth']);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const options = { path: values.index, dimensions, quantization: values.quantization, view: true, threads: 2 };
const [usual] = values.expansions.split(',').map(Number);

forget(values.index);
forget(values.vectors);
const [cold] = await measure(usual, { rescore }, generated, { wanted: 100, rounds: 1 });
read(values.index);
const points = [];
for (const expansionSearch of values.expansions.split(',').map(Number)) {
  for (const [about, set] of [
    ['generated', generated],
    ['real', real],
  ]) {
    if (!set) continue;
    points.push({ about, rescored: true, ...(await best(expansionSearch, { rescore }, set)) });
    points.push({ about, rescored: false, ...(await best(expansionSearch, {}, set)) });
  }
}
const facts = {
  size: points[0].size,
  indexBytes: fileBytes(values.index),
  vectorBytes: points[0].size * dimensions * 4,
};
const grown = values.grown && growth(values.grown);
const [exact, likeness] = [values.exact, values.likeness].map((path) => path && JSON.parse(readFileSync(path, 'utf8')));
const machine = describeMachine();
const commit = measuredCommit(new URL('../../', import.meta.url).pathname);
writeResults(
  values.name,
  { machine, commit, load, loadAfter: currentLoad(), ...facts, k, cold, points, grown, exact, likeness },
  report(),
);

function querySet(queries, truth) {
  const { data, count } = readQueries(queries, dimensions);
  const wanted = JSON.parse(readFileSync(truth, 'utf8')).map((keys) => new Set(keys.slice(0, k)));
  const rows = (from, some) => ({ data: data.slice(from * dimensions, (from + some) * dimensions), count: some });
  return { rows, truth: wanted, count: Math.min(count, wanted.length) };
}

/** Of several rounds the one with the lowest median, after one that is not counted: the rows that are read become warm. */
async function best(expansionSearch, more, set) {
  const all = (await measure(expansionSearch, more, set, { wanted: set.count, rounds: rounds + 1 })).slice(1);
  const medians = all.map(({ p50 }) => p50);
  all.sort((a, b) => a.p50 - b.p50);
  return { ...all[0], medians };
}

async function measure(expansionSearch, more, set, { wanted, rounds: many }) {
  collectGarbage(); // an index that was closed is unmapped with its object
  resetPeak();
  const started = performance.now();
  const index = await openUsearchIndex({ ...options, ...more, expansionSearch });
  const openMs = performance.now() - started;
  const results = [];
  for (let round = 0; round < many; round++) {
    const times = [];
    const found = [];
    const cpu = cpuSeconds();
    for (let at = 0; at < wanted; at++) {
      const one = set.rows(at, 1);
      const before = performance.now();
      const [hits] = await index.search(one, k);
      times.push(performance.now() - before);
      found.push(hits);
    }
    const cpuMs = (1000 * (cpuSeconds() - cpu)) / wanted;
    const right = found.reduce((sum, { keys }, at) => sum + keys.filter((key) => set.truth[at].has(key)).length, 0);
    times.sort((a, b) => a - b);
    const [before, cpuBefore] = [performance.now(), cpuSeconds()];
    if (round > 0) await index.search(set.rows(0, wanted), k);
    const [batchSeconds, batchCpu] = [(performance.now() - before) / 1000, cpuSeconds() - cpuBefore];
    results.push({
      expansionSearch,
      queries: wanted,
      size: index.size,
      openMs,
      recall: right / (k * wanted),
      p50: times[wanted >> 1],
      p90: times[Math.floor(wanted * 0.9)],
      p99: times[Math.floor(wanted * 0.99)],
      cpuMs,
      ...(round > 0 && { batchPerSecond: wanted / batchSeconds, batchPerCpuSecond: wanted / batchCpu }),
      residentBytes: residentBytes(),
      peakBytes: peakBytes(),
    });
  }
  await index.close();
  return results;
}

/** The system drops the pages that it holds of this file, and of no other. */
function forget(path) {
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

function read(path) {
  const handle = openSync(path, 'r');
  const bytes = Buffer.alloc(1 << 24);
  for (let at = 0; ; ) {
    const got = readSync(handle, bytes, 0, bytes.length, at);
    if (got === 0) break;
    at += got;
  }
  closeSync(handle);
}

function fileBytes(path) {
  const handle = openSync(path, 'r');
  const { size } = fstatSync(handle);
  closeSync(handle);
  return size;
}

/** Processor time per vector as the index grew, at some sizes. */
function growth(path) {
  const parts = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = [];
  let [cpu, from, before] = [0, 0, 0];
  const step = Math.max(131_072, parts.at(-1).done / 12);
  for (const { done, addCpu } of parts) {
    cpu += addCpu;
    if (done - from < step && done !== parts.at(-1).done) continue;
    rows.push({ through: done, perCpuSecond: (done - from) / (cpu - before) });
    [from, before] = [done, cpu];
  }
  return { cpuSeconds: cpu, rows };
}

function report() {
  const giga = (bytes) => (bytes / 1e9).toFixed(2);
  const row = (name, it) => [
    name,
    it.expansionSearch,
    it.recall.toFixed(4),
    it.p50.toFixed(2),
    it.p90.toFixed(2),
    it.p99.toFixed(2),
    it.cpuMs.toFixed(2),
    it.batchPerSecond ? it.batchPerSecond.toFixed(0) : '-',
    it.batchPerCpuSecond ? it.batchPerCpuSecond.toFixed(0) : '-',
    giga(it.residentBytes),
  ];
  const nameOf = ({ about, rescored }) => `warm${real ? `, ${about} queries` : ''}${rescored ? '' : ', not re-scored'}`;
  return `# A large index, one query at a time

${facts.size.toLocaleString('en')} generated vectors x ${dimensions} (\`neighbourhoods.mjs\`), one graph of ${values.quantization}, mapped into memory: ${giga(facts.indexBytes)} GB; the float32 vectors
(${giga(facts.vectorBytes)} GB) stay in a file and are read for re-scoring. k = ${k}, ${generated.count} held-out queries${real ? ` that were generated as the vectors were, and ${real.count} real embeddings that were kept out of the fit` : ''}.
\`node benchmarks/index/large.mjs\`, ${new Date().toISOString().slice(0, 10)}.

${markdownTable([
  [
    'state',
    'expansionSearch',
    `recall@${k}`,
    'p50 ms',
    'p90 ms',
    'p99 ms',
    'processor ms',
    'queries/s in one call',
    'per s of processor time',
    'resident GB',
  ],
  row('cold, first 100', cold),
  ...points.map((it) => row(nameOf(it), it)),
])}

Cold: the system had forgotten both files. Resident memory counts the mapped pages of the index. Opening took ${points[0].openMs.toFixed(0)} ms. Of ${rounds} rounds the one with the
lowest median is shown; the medians of one setting were from 1 to ${Math.max(...points.map(({ medians }) => Math.max(...medians) / Math.min(...medians))).toFixed(1)} times that.
${likeness ? likenessSection() : ''}${exact ? exactSection() : ''}${grown ? `\n## Building\n\nProcessor time for all: ${grown.cpuSeconds.toFixed(0)} s.\n\n${markdownTable([['through', 'vectors per s of processor time'], ...grown.rows.map((it) => [it.through.toLocaleString('en'), it.perCpuSecond.toFixed(0)])])}\n` : ''}
${machineLine(machine)}. Commit ${commit}. Load before: ${load}.`;
}

function likenessSection() {
  const rows = likeness.rows.map(({ name, cosines, dimension }) => [
    name,
    ...[1, 10, 100].map((rank) => cosines[rank].toFixed(3)),
    dimension.toFixed(1),
  ]);
  const head = ['medians over queries', 'cosine of neighbour 1', '10', '100', 'local dimension'];
  return `\n## How the vectors lie\n\n${likeness.about}\n\n${markdownTable([head, ...rows])}\n`;
}

function exactSection() {
  const rows = exact.map((it) => [
    it.quantization,
    (it.fileBytes / 1e9).toFixed(2),
    it.recall.toFixed(4),
    it.one.seconds.toFixed(2),
    it.one.cpuSeconds.toFixed(2),
    it.together.seconds.toFixed(1),
    (it.peakBytes / 1e9).toFixed(2),
  ]);
  const head = [
    'format',
    'file GB',
    `recall@${k}`,
    's for one query',
    'processor s',
    's for 64 in one call',
    'peak GB',
  ];
  return `\n## Exact search beside it\n\n\`searchExactFile\` of index-exact, block by block (\`exact-large.mjs\`; the median of five single queries):\n\n${markdownTable([head, ...rows])}\n`;
}
