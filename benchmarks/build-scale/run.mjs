// What a build of a million and more entities needs: memory and time of each step, and what a kill in the index step costs.
// The encoder is made up (vectors around a thousand centres), as the model's speed is measured elsewhere.
//   npm run build && node benchmarks/build-scale/run.mjs --work <folder> [--entities 1200000] [--dimensions 64]
//   A child of it builds; the first one is killed when it has written a segment, the second goes on.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openUsearchSegments } from '@referent/index-usearch';
import { buildKnowledgeBase, createEntitySource } from '@referent/knowledge-base';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    entities: { type: 'string', default: '1200000' },
    dimensions: { type: 'string', default: '64' },
    segment: { type: 'string', default: '500000' },
    child: { type: 'boolean' },
  },
});
if (!values.work) {
  console.error('Usage: node benchmarks/build-scale/run.mjs --work <folder> [--entities N] [--dimensions N]');
  process.exit(2);
}
const [entities, dimensions, segmentSize] = [values.entities, values.dimensions, values.segment].map(Number);
const work = resolve(values.work);
const folder = join(work, 'kb');

if (values.child) await buildHere();
else await parent();

async function parent() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const first = await run(true);
  const second = await run(false);
  const bytes = (name) => sizeOf(readdirSync(folder).find((it) => it.startsWith(name)));
  console.log(
    JSON.stringify(
      { entities, dimensions, segmentSize, first, second, disk: { store: bytes('store'), vectors: bytes('vectors') } },
      null,
      2,
    ),
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
      const seconds = Math.round((performance.now() - step.started) / 100) / 10;
      const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
      const residentMegabytes = Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status'))[1]) / 1024);
      const anonymousMegabytes = Math.round(
        Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status'))[1]) / 1024,
      );
      const { name, from, to } = step;
      console.log(JSON.stringify({ name, from, to, seconds, peakMegabytes, residentMegabytes, anonymousMegabytes }));
    }
    step = now;
  };
  await buildKnowledgeBase({
    folder,
    sources: [createEntitySource({ name: 'made up', entities: madeUp })],
    encoder: { dimensions, encodeEntities: async (batch) => ({ data: vectorsOf(batch), count: batch.length }) },
    model: { name: 'made up', hash: 'made-up-1', dimensions },
    index: provider(),
    onProgress({ step: name, done }) {
      if (step?.name !== name) tell({ name, from: done, to: done, started: performance.now() });
      step.to = done;
    },
  });
  tell(undefined);
}

/** As the command line's backend `usearch` beyond a million entities. */
function provider() {
  const open = async (_, size, { residence }) => {
    const index = await openUsearchSegments({ folder: residence.folder, dimensions: size, segmentSize });
    return Object.assign(index, { finish: () => index.flush() });
  };
  return {
    backend: 'usearch',
    settings: { quantization: 'f32' },
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
