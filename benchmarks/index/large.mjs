// One query at a time against a large index that is mapped into memory, with the full vectors in a file: how long it
// takes, what it finds, and what stays in memory. Run it when nothing else runs.
//   node benchmarks/index/large.mjs --index FILE --vectors VECTORS.f32 --queries QUERIES.f32 --truth TRUTH.json
//     [--first-key 1] [--quantization i8] [--expansions 128,192,256] [--k 100] [--grown LOG.jsonl] [--name index-large]
// TRUTH.json holds the keys of the true best of every query. LOG.jsonl has a line for every part that was added:
// {"done", "addCpu"}. Cold: the system forgets what it holds of both files first (`dd`).
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
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
    grown: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    'first-key': { type: 'string', default: '0' },
    quantization: { type: 'string', default: 'i8' },
    expansions: { type: 'string', default: '128,192,256,384' },
    k: { type: 'string', default: '100' },
    name: { type: 'string', default: 'index-large' },
  },
});
const [dimensions, firstKey, k] = [values.dimensions, values['first-key'], values.k].map(Number);
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
const truth = JSON.parse(readFileSync(values.truth, 'utf8'));
const all = readQueries(values.queries, dimensions);
const count = Math.min(all.count, truth.length);
const query = (at) => ({ data: all.data.slice(at * dimensions, (at + 1) * dimensions), count: 1 });
const options = { path: values.index, dimensions, quantization: values.quantization, view: true, threads: 2 };
const [usual] = values.expansions.split(',').map(Number);

forget(values.index);
forget(values.vectors);
const cold = await measure(usual, { rescore }, 100);
read(values.index);
const points = [];
for (const expansionSearch of values.expansions.split(',').map(Number)) {
  await measure(expansionSearch, { rescore }, count); // warms the rows that are read
  points.push({ ...(await measure(expansionSearch, { rescore }, count)), rescored: true });
}
points.push({ ...(await measure(usual, {}, count)), rescored: false });
const facts = {
  size: points[0].size,
  indexBytes: fileBytes(values.index),
  vectorBytes: points[0].size * dimensions * 4,
};
const grown = values.grown && growth(values.grown);
const machine = describeMachine();
const commit = measuredCommit(new URL('../../', import.meta.url).pathname);
writeResults(values.name, { machine, commit, load, ...facts, k, cold, points, grown }, report());

async function measure(expansionSearch, more, wanted) {
  resetPeak();
  const started = performance.now();
  const index = await openUsearchIndex({ ...options, ...more, expansionSearch });
  const openMs = performance.now() - started;
  const times = [];
  let right = 0;
  const cpu = cpuSeconds();
  for (let at = 0; at < wanted; at++) {
    const one = query(at);
    const before = performance.now();
    const [{ keys }] = await index.search(one, k);
    times.push(performance.now() - before);
    const best = new Set(truth[at].slice(0, k));
    for (const key of keys) right += Number(best.has(key));
  }
  const singleCpuMs = (1000 * (cpuSeconds() - cpu)) / wanted;
  times.sort((a, b) => a - b);
  const [before, cpuBefore] = [performance.now(), cpuSeconds()];
  if (wanted === count) await index.search({ data: all.data.slice(0, count * dimensions), count }, k);
  const [batchSeconds, batchCpu] = [(performance.now() - before) / 1000, cpuSeconds() - cpuBefore];
  const { size } = index;
  const result = {
    expansionSearch,
    queries: wanted,
    size,
    openMs,
    recall: right / (k * wanted),
    p50: times[wanted >> 1],
    p90: times[Math.floor(wanted * 0.9)],
    p99: times[Math.floor(wanted * 0.99)],
    cpuMs: singleCpuMs,
    ...(wanted === count && { batchPerSecond: count / batchSeconds, batchPerCpuSecond: count / batchCpu }),
    residentBytes: residentBytes(),
    peakBytes: peakBytes(),
  };
  await index.close();
  return result;
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
  for (const { done, addCpu } of parts) {
    cpu += addCpu;
    if (done - from < 131_072 && done !== parts.at(-1).done) continue;
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
  return `# A large index, one query at a time

${facts.size.toLocaleString('en')} generated vectors x ${dimensions} (\`neighbourhoods.mjs\`), one graph of ${values.quantization}, mapped into memory: ${giga(facts.indexBytes)} GB; the float32 vectors
(${giga(facts.vectorBytes)} GB) stay in a file and are read for re-scoring. k = ${k}, ${count} held-out queries. \`node benchmarks/index/large.mjs\`, ${new Date().toISOString().slice(0, 10)}.

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
  ...points.map((it) => row(it.rescored ? 'warm' : 'warm, not re-scored', it)),
])}

Cold: the system had forgotten both files. Resident memory counts the mapped pages of the index. Opening took ${points[0].openMs.toFixed(0)} ms.
${grown ? `\n## Building\n\nProcessor time for all: ${grown.cpuSeconds.toFixed(0)} s.\n\n${markdownTable([['through', 'vectors per s of processor time'], ...grown.rows.map((it) => [it.through.toLocaleString('en'), it.perCpuSecond.toFixed(0)])])}\n` : ''}
${machineLine(machine)}. Commit ${commit}. Load before: ${load}.`;
}
