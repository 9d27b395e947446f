// What a build of millions of entities needs: memory, time and processor time of each step, what a kill in the index step
// costs, and how fast the finished index answers. The model's speed is measured elsewhere: vectors are given
// (--vectors FILE, rows of float32, as `grow.mjs` makes them), or made up (around a thousand centres).
//   npm run build && node benchmarks/build-scale/run.mjs --work <folder> [--entities 1200000] [--dimensions 64]
//     [--vectors FILE] [--queries FILE [--truth FILE, of truth.py]] [--quantization f32] [--segment N] [--checkpoint N] [--expansion-add N]
//     [--report build-scale]
//   A child of it builds; the first one is killed when it has written vectors of the index, the second goes on.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openUsearchSegments } from '@referent/index-usearch';
import { buildKnowledgeBase, createEntitySource, openKnowledgeBase } from '@referent/knowledge-base';
import { anonymousBytes, cpuSeconds, readQueries, residentBytes, rowFile } from '../index/vectors.mjs';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    entities: { type: 'string', default: '1200000' },
    dimensions: { type: 'string', default: '64' },
    segment: { type: 'string', default: '500000' },
    checkpoint: { type: 'string' },
    'expansion-add': { type: 'string' },
    quantization: { type: 'string', default: 'f32' },
    vectors: { type: 'string' },
    queries: { type: 'string' },
    truth: { type: 'string' },
    report: { type: 'string' },
    child: { type: 'boolean' },
  },
});
if (!values.work) {
  console.error('Usage: node benchmarks/build-scale/run.mjs --work <folder> [--entities N] [--dimensions N]');
  process.exit(2);
}
const [entities, dimensions, segmentSize] = [values.entities, values.dimensions, values.segment].map(Number);
const checkpointSize = Number(values.checkpoint ?? segmentSize);
const { quantization } = values;
const work = resolve(values.work);
const folder = join(work, 'kb');

if (values.child) await buildHere();
else await parent();

async function parent() {
  const load = currentLoad();
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const first = await run(true);
  const second = await run(false);
  const bytes = (name) => sizeOf(readdirSync(folder).find((it) => it.startsWith(name)));
  const index = readdirSync(folder).find((it) => it.endsWith('.files'));
  const parts = readdirSync(join(folder, index)).map((file) => statSync(join(folder, index, file)).size);
  const disk = { store: bytes('store'), vectors: bytes('vectors'), index: parts.reduce((sum, size) => sum + size, 0) };
  const made = { entities, dimensions, quantization, segmentSize, checkpointSize };
  const results = { ...made, load, first, second, disk, searches: values.queries ? await searches() : [] };
  console.log(JSON.stringify(results, null, 2));
  if (values.report) report(results);
}

/** One query at a time, k = 100, on the finished knowledge base: opened as linking opens it. */
async function searches() {
  const queries = readQueries(resolve(values.queries), dimensions);
  const truth = values.truth ? JSON.parse(readFileSync(resolve(values.truth), 'utf8')) : undefined;
  const found = [];
  for (const expansionSearch of [64, 128, 256, 384, 512]) {
    const openIndex = (_, size, context) => openSegments(size, context, { expansionSearch });
    const started = performance.now();
    const kb = await openKnowledgeBase({ folder, openIndex });
    const openMilliseconds = performance.now() - started;
    for (const round of ['first', 'second']) {
      const times = [];
      let right = 0;
      for (let query = 0; query < queries.count; query++) {
        const data = queries.data.slice(query * dimensions, (query + 1) * dimensions);
        const before = performance.now();
        const [hits] = await kb.index.search({ data, count: 1 }, 100);
        times.push(performance.now() - before);
        const best = new Set(truth?.[query]);
        for (const key of hits.keys) right += Number(best.has(key)); // of both the first is 1
      }
      times.sort((a, b) => a - b);
      const [p50, p99] = [0.5, 0.99].map((share) => times[Math.floor(times.length * share)]);
      const recall = truth && right / (100 * queries.count);
      found.push({
        expansionSearch,
        round,
        recall,
        openMilliseconds,
        p50,
        p99,
        residentMegabytes: megabytes(residentBytes()),
      });
    }
    await kb.close();
  }
  return found;
}

function report({ first, second, disk, searches: searched, load, ...made }) {
  const machine = describeMachine();
  const commit = measuredCommit(join(dirname(fileURLToPath(import.meta.url)), '../..'));
  const whole = (value) => Math.round(value).toLocaleString('en');
  const steps = (name, list) =>
    list.map(({ name: step, from, to, seconds, cpuSeconds: cpu, peakMegabytes, anonymousMegabytes }) => [
      name,
      step,
      `${whole(from)} to ${whole(to)}`,
      whole(seconds),
      whole((to - from) / seconds),
      (cpu / seconds).toFixed(2),
      whole(peakMegabytes),
      whole(anonymousMegabytes),
    ]);
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
  writeResults(
    values.report,
    { machine, commit, ...made, load, first, second, disk, searches: searched },
    `# Building a large knowledge base

${whole(made.entities)} entities with ${made.dimensions} values each, ${values.vectors ? 'vectors given' : 'vectors made up'} (encoding is measured elsewhere), into usearch \`${made.quantization}\` in segments of at most ${whole(made.segmentSize)},
written every ${whole(made.checkpointSize)}, \`expansionAdd\` ${values['expansion-add'] ?? 'as usual'}. The first process was killed (-9) when it had written the first part of the index; the second call is the same.
\`node benchmarks/build-scale/run.mjs\`, ${new Date().toISOString().slice(0, 10)}.

${markdownTable([
  ['call', 'step', 'entities', 's', 'a second', 'cores busy', 'most memory MB', 'own memory at its end MB'],
  ...steps('killed', first),
  ...steps('again', second),
])}

On the disk: entities and names ${gigabytes(disk.store)}, vectors ${gigabytes(disk.vectors)}, index ${gigabytes(disk.index)}. "Most memory" is the most that the process ever had
until the end of the step, mapped files and the index included; "own" is without what is mapped.
${
  searched.length === 0
    ? ''
    : `
One query at a time, k = 100, re-scored, two rounds over the same queries:

${markdownTable([
  ['expansionSearch', 'round', 'recall@100', 'opened in ms', 'p50 ms', 'p99 ms', 'resident MB'],
  ...searched.map((it) => [
    it.expansionSearch,
    it.round,
    it.recall?.toFixed(4) ?? '-',
    whole(it.openMilliseconds),
    it.p50.toFixed(2),
    it.p99.toFixed(2),
    whole(it.residentMegabytes),
  ]),
])}
`
}
${machineLine(machine)}. Commit ${commit}. Load before: ${load}.`,
  );
}

/** A build in a process of its own; killed, if asked to, as soon as its first segment is on the disk. */
async function run(isKilled) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--child'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = '';
  child.stdout.on('data', (chunk) => {
    lines += chunk;
  });
  const ended = new Promise((done) => child.once('close', (code) => done(code)));
  while (isKilled && child.exitCode === null && !hasSegment()) await setTimeout(500);
  if (isKilled) child.kill('SIGKILL');
  await ended;
  return lines
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function hasSegment() {
  if (!existsSync(folder)) return false;
  const files = readdirSync(folder).find((it) => it.endsWith('.files'));
  return files !== undefined && readdirSync(join(folder, files)).includes('segments.json');
}

function sizeOf(name) {
  return name === undefined ? 0 : statSync(join(folder, name)).size;
}

/** One line of JSON per step: how long it took, where it began, and the most memory that the process ever had until then. */
async function buildHere() {
  let step;
  const tell = (now) => {
    if (step) {
      const { name, from, to } = step;
      const seconds = Math.round((performance.now() - step.started) / 100) / 10;
      const cpu = Math.round((cpuSeconds() - step.cpuBefore) * 10) / 10;
      const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
      const memories = {
        residentMegabytes: megabytes(residentBytes()),
        anonymousMegabytes: megabytes(anonymousBytes()),
      };
      console.log(JSON.stringify({ name, from, to, seconds, cpuSeconds: cpu, peakMegabytes, ...memories }));
    }
    step = now;
  };
  const given = values.vectors ? rowFile(resolve(values.vectors), dimensions) : undefined;
  await buildKnowledgeBase({
    folder,
    sources: [createEntitySource({ name: 'made up', entities: madeUp })],
    encoder: { dimensions, encodeEntities: async (batch) => ({ data: vectorsOf(batch), count: batch.length }) },
    ...(given && {
      vectors: { rows: entities, read: async (start, end) => given.rows(start, end - start).data },
    }),
    model: { name: 'made up', hash: 'made-up-1', dimensions },
    index: provider(),
    onProgress({ step: name, done }) {
      if (step?.name !== name) {
        tell({ name, from: done, to: done, started: performance.now(), cpuBefore: cpuSeconds() });
      }
      step.to = done;
    },
  });
  tell(undefined);
}

function megabytes(bytes) {
  return Math.round(bytes / 2 ** 20);
}

async function openSegments(size, { residence, vectors }, more = {}) {
  const rescore = quantization === 'f32' ? undefined : vectors;
  const expansionAdd = values['expansion-add'] && Number(values['expansion-add']);
  const shape = { dimensions: size, quantization, rescore, segmentSize, checkpointSize, expansionAdd };
  const index = await openUsearchSegments({ folder: residence.folder, ...shape, ...more });
  return Object.assign(index, { finish: () => index.flush() });
}

/** As the command line's backend `usearch` beyond a million entities. */
function provider() {
  const open = (_, size, context) => openSegments(size, context);
  return {
    backend: 'usearch',
    settings: { quantization },
    residence: () => ({ segmentSize }),
    create: (size, context) => open('', size, context),
    open,
  };
}

function* madeUp() {
  for (let i = 0; i < entities; i++) {
    yield {
      id: `e${i}`,
      title: `Thing ${i}`,
      text: `The ${i}th thing, of kind ${i % 1000}, made up.`,
      aliases: [`T-${i}`],
    };
  }
}

function vectorsOf(batch) {
  const data = new Float32Array(batch.length * dimensions);
  batch.forEach(({ title }, row) => {
    const number = Number(title.slice(6));
    const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
    addNoise(vector, (number % 1000) + 1, 1);
    addNoise(vector, number + 100_000, 0.7);
    const length = Math.hypot(...vector);
    for (let d = 0; d < dimensions; d++) vector[d] /= length;
  });
  return data;
}

function addNoise(vector, seed, scale) {
  let state = Math.imul(seed, 2654435761) >>> 0;
  for (let d = 0; d < vector.length; d++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    vector[d] += scale * (state / 2 ** 31 - 1);
  }
}
