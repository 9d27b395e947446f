// Makes vectors for run.mjs: vectors.f32, queries.f32 and vectors.json, which says how they were made and how they differ
// from the real ones.
//   node benchmarks/index/generate.mjs --real VECTORS.f32 --dimensions 384 --count 1000000 --out FOLDER [--sample 50000]
//     [--clusters 256] [--queries 1000] [--seed 1]
// VECTORS.f32 holds rows of little-endian float32, such as the vectors-1.f32 of a knowledge base.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createExactIndex } from '@referent/index-exact';
import { median } from '../shared/results.mjs';
import { fitMixture, generate, rowOf, seededRandom } from './mixture.mjs';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    count: { type: 'string', default: '100000' },
    out: { type: 'string' },
    sample: { type: 'string', default: '50000' },
    clusters: { type: 'string', default: '256' },
    queries: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
if (!values.real || !values.out) throw new Error('Give --real VECTORS.f32 and --out FOLDER.');
const [dimensions, count, queries, seed] = [values.dimensions, values.count, values.queries, values.seed].map(Number);

const sample = readSample(values.real, dimensions, Number(values.sample), seed);
console.error(`fitting on ${sample.count} real vectors ...`);
const mixture = fitMixture(sample, { clusters: Number(values.clusters), seed });
mkdirSync(values.out, { recursive: true });
console.error(`writing ${count} vectors ...`);
writeRows(join(values.out, 'vectors.f32'), generate(mixture, { count, seed: seed + 1 }));
writeRows(join(values.out, 'queries.f32'), generate(mixture, { count: queries, seed: seed + 2 }));
const likeness = await compare(sample, mixture);
const facts = { dimensions, count, queries, seed, sample: sample.count, clusters: Number(values.clusters), likeness };
writeFileSync(join(values.out, 'vectors.json'), `${JSON.stringify(facts, null, 2)}\n`);
console.log(JSON.stringify(facts, null, 2));

/** Rows from all over the file, of length 1; rows of zeros (removed entities) are left out. */
function readSample(path, width, wanted, from) {
  const file = openSync(path, 'r');
  const rowBytes = width * 4;
  const rows = Math.floor(fstatSync(file).size / rowBytes);
  const random = seededRandom(from);
  const data = new Float32Array(Math.min(wanted, rows) * width);
  let kept = 0;
  for (let row = 0; row < rows && kept < data.length / width; row++) {
    if (random() * (rows - row) >= data.length / width - kept) continue;
    const vector = new Float32Array(width);
    readSync(file, Buffer.from(vector.buffer), 0, rowBytes, row * rowBytes);
    const length = Math.hypot(...vector);
    if (length === 0) continue;
    data.set(
      vector.map((value) => value / length),
      kept++ * width,
    );
  }
  closeSync(file);
  return { data: data.subarray(0, kept * width), count: kept, dimensions: width };
}

function writeRows(path, parts) {
  const file = openSync(path, 'w');
  for (const { data } of parts) {
    const bytes = Buffer.from(data.buffer);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  }
  closeSync(file);
}

/** Cosines to the nearest neighbours among equally many real and generated vectors: how crowded both are. */
async function compare(real, fitted) {
  const size = Math.min(real.count, 20_000);
  const [made] = generate(fitted, { count: size, seed: 99, together: size });
  const result = {};
  for (const [name, rows] of [
    ['real', { data: real.data.subarray(0, size * dimensions), count: size }],
    ['generated', made],
  ]) {
    const index = createExactIndex({ dimensions });
    await index.add(
      Uint32Array.from({ length: size }, (_, row) => row),
      rows,
    );
    const some = 200;
    const probes = new Float32Array(some * dimensions);
    const step = Math.floor(size / some);
    for (let i = 0; i < some; i++) probes.set(rowOf({ data: rows.data, dimensions }, i * step), i * dimensions);
    const found = await index.search({ data: probes, count: some }, 101);
    result[name] = Object.fromEntries(
      [1, 10, 100].map((rank) => [
        `cosine of neighbour ${rank}`,
        Number(median(found.map((hits) => hits.scores[rank])).toFixed(4)),
      ]),
    );
    await index.close();
  }
  return { vectors: size, ...result };
}
