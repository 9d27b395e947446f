// Grows one large graph of generated vectors (neighbourhoods.mjs), part by part, with checkpoints: a killed run, or one that
// was told to stop (SIGTERM), goes on where the last checkpoint was when the same command is given again.
//   node benchmarks/index/grow.mjs --real VECTORS.f32 [--real …] --out FOLDER [--dimensions 384] [--count 5900000]
//     [--quantization i8] [--connectivity 16] [--expansion-add 64] [--checkpoint 524288] [--queries 500] [--sample 98304]
//     [--threads 0]
// FOLDER gets: sample.f32, near.u32 and fit.json (the fit), vectors.f32 (the vector of key is row key - 1), queries.f32
// (generated, not in the graph), queries-real.f32 (real vectors that were kept out of the fit), index-COUNT.usearch,
// progress.json, and grow.jsonl with a line for each part: {done, addCpu, generateCpu, seconds, eta, residentBytes, date}.
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createUsearchIndex, openUsearchIndex } from '@referent/index-usearch';
import { fitNeighbourhoods, generate, rowOf, seededRandom } from './neighbourhoods.mjs';
import { cpuSeconds, readQueries, residentBytes } from './vectors.mjs';

const { values } = parseArgs({
  options: {
    real: { type: 'string', multiple: true },
    out: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    count: { type: 'string', default: '5900000' },
    quantization: { type: 'string', default: 'i8' },
    connectivity: { type: 'string', default: '16' },
    'expansion-add': { type: 'string', default: '64' },
    checkpoint: { type: 'string', default: '524288' },
    queries: { type: 'string', default: '500' },
    sample: { type: 'string', default: '98304' },
    threads: { type: 'string', default: '0' },
  },
});
const { out, quantization } = values;
if (!values.real || !out) throw new Error('Give --real VECTORS.f32 and --out FOLDER.');
const [dimensions, total, every, queries, threads] = ['dimensions', 'count', 'checkpoint', 'queries', 'threads'].map(
  (name) => Number(values[name]),
);
const together = 8192;
const options = {
  dimensions,
  quantization,
  connectivity: Number(values.connectivity),
  expansionAdd: Number(values['expansion-add']),
  threads,
};
const path = (name) => join(out, name);
mkdirSync(out, { recursive: true });
let isStopped = false;
process.on('SIGTERM', () => {
  isStopped = true;
});

const fitted = existsSync(path('fit.json')) ? storedFit() : await makeFit();
const progress = existsSync(path('progress.json'))
  ? JSON.parse(readFileSync(path('progress.json'), 'utf8'))
  : undefined;
const index = progress
  ? await openUsearchIndex({ ...options, path: path(progress.index) })
  : await createUsearchIndex(options);
await grow(progress?.done ?? 0, progress?.index);

async function grow(from, opened) {
  const target = openSync(path('vectors.f32'), existsSync(path('vectors.f32')) ? 'r+' : 'w+');
  const begun = performance.now();
  let [last, lastCpu, checkpoint] = [begun, cpuSeconds(), opened];
  for (const { data, count, from: first } of generate(fitted, { count: total, seed: 1, from, together })) {
    writeAt(target, data, first * dimensions * 4);
    const generated = cpuSeconds();
    await index.add(
      Uint32Array.from({ length: count }, (_, row) => first + row + 1),
      { data, count },
    );
    const done = first + count;
    const [now, cpu] = [performance.now(), cpuSeconds()];
    const line = {
      done,
      addCpu: cpu - generated,
      generateCpu: generated - lastCpu,
      seconds: (now - last) / 1000,
      eta: ((now - begun) / 1000 / (done - from)) * (total - done),
      residentBytes: residentBytes(),
      date: new Date().toISOString(),
    };
    appendFileSync(path('grow.jsonl'), `${JSON.stringify(line)}\n`);
    if (done % every === 0 || done === total || isStopped) checkpoint = await save(done, checkpoint);
    if (isStopped) return;
    [last, lastCpu] = [performance.now(), cpuSeconds()];
  }
  closeSync(target);
}

/** The old checkpoint goes when the new one is named. */
async function save(done, before) {
  const name = `index-${done}.usearch`;
  await index.save(path(name));
  writeFileSync(path('progress.json.tmp'), JSON.stringify({ done, index: name }));
  renameSync(path('progress.json.tmp'), path('progress.json'));
  if (before && before !== name) rmSync(path(before));
  return name;
}

/** Real vectors of all files, mixed: the first ones stay out and become queries. */
async function makeFit() {
  const all = realVectors();
  const held = Math.min(queries, all.count >> 4);
  writeWhole('queries-real.f32', all.data.subarray(0, held * dimensions));
  const sample = { data: all.data.slice(held * dimensions), count: all.count - held, dimensions };
  console.error(`fitting on ${sample.count} real vectors ...`);
  const { near, neighbours, mixed, spread } = await fitNeighbourhoods(sample, { threads });
  const found = { sample, near, neighbours, mixed, spread };
  const [made] = generate(found, { count: queries, seed: 2, together: queries });
  writeWhole('queries.f32', made.data);
  writeWhole('sample.f32', sample.data);
  writeWhole('near.u32', near);
  writeFileSync(path('fit.json'), JSON.stringify({ count: sample.count, dimensions, neighbours, mixed, spread }));
  return found;
}

function storedFit() {
  const { count, ...rest } = JSON.parse(readFileSync(path('fit.json'), 'utf8'));
  const bytes = readFileSync(path('near.u32'));
  const near = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return { ...rest, near, sample: { ...readQueries(path('sample.f32'), dimensions), count, dimensions } };
}

/** Of length 1 and in an order by chance; rows of zeros belong to no entity. */
function realVectors() {
  const files = values.real.map((name) => readQueries(name, dimensions));
  const rows = files.flatMap((file, at) => Array.from({ length: file.count }, (_, row) => [at, row]));
  const random = seededRandom(7);
  for (let last = rows.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [rows[last], rows[other]] = [rows[other], rows[last]];
  }
  const wanted = Math.min(rows.length, Number(values.sample) + queries);
  const data = new Float32Array(wanted * dimensions);
  let count = 0;
  for (const [at, row] of rows) {
    if (count === wanted) break;
    const vector = rowOf({ ...files[at], dimensions }, row);
    let square = 0;
    for (const value of vector) square += value * value;
    if (square === 0) continue;
    const scale = 1 / Math.sqrt(square);
    for (let d = 0; d < dimensions; d++) data[count * dimensions + d] = vector[d] * scale;
    count++;
  }
  return { data: data.subarray(0, count * dimensions), count };
}

function writeWhole(name, data) {
  const target = openSync(path(name), 'w');
  writeAt(target, data, 0);
  closeSync(target);
}

function writeAt(target, data, position) {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(target, bytes, done, Math.min(bytes.length - done, 1 << 30), position + done);
  }
}
