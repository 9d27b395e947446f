// What exact search needs where there are millions of vectors: they are written to a file in the formats of index-exact, and
// searched block by block, with the system holding as much of the file as it likes.
//   node benchmarks/index/exact-large.mjs --vectors VECTORS.f32 --queries QUERIES.f32 --truth TRUTH.json --work FOLDER
//     --out FACTS.json [--dimensions 384] [--first-key 1] [--count ROWS] [--k 100] [--formats i8,f16]
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { searchExactFile, writeExactFile } from '@referent/index-exact/node';
import { cpuSeconds, peakBytes, readQueries, resetPeak, rowFile } from './vectors.mjs';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string' },
    queries: { type: 'string' },
    truth: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    'first-key': { type: 'string', default: '1' },
    count: { type: 'string' },
    k: { type: 'string', default: '100' },
    formats: { type: 'string', default: 'i8,f16' },
  },
});
const [dimensions, firstKey, k] = [values.dimensions, values['first-key'], values.k].map(Number);
const file = rowFile(values.vectors, dimensions);
const count = Number(values.count ?? file.count);
const queries = readQueries(values.queries, dimensions);
const truth = JSON.parse(readFileSync(values.truth, 'utf8'));
const portion = (from, some) => ({
  data: queries.data.slice(from * dimensions, (from + some) * dimensions),
  count: some,
});

function* parts() {
  for (let from = 0; from < count; from += 16_384) {
    const rows = file.rows(from, Math.min(16_384, count - from));
    yield { keys: Uint32Array.from({ length: rows.count }, (_, row) => from + row + firstKey), rows };
  }
}

const facts = [];
for (const quantization of values.formats.split(',')) {
  const path = join(values.work, `exact-${count}.${quantization}`);
  await writeExactFile({ path, dimensions, quantization, parts: parts() });
  resetPeak();
  const index = await searchExactFile({ path });
  const times = [];
  for (let at = 0; at < 5; at++) {
    const [begun, cpu] = [performance.now(), cpuSeconds()];
    await index.search(portion(at, 1), k);
    times.push({ seconds: (performance.now() - begun) / 1000, cpuSeconds: cpuSeconds() - cpu });
  }
  const [begun, cpu] = [performance.now(), cpuSeconds()];
  const found = await index.search(portion(0, 64), k);
  const together = { queries: 64, seconds: (performance.now() - begun) / 1000, cpuSeconds: cpuSeconds() - cpu };
  const right = found.reduce((sum, { keys }, at) => sum + keys.filter((key) => truth[at].includes(key)).length, 0);
  times.sort((a, b) => a.seconds - b.seconds);
  facts.push({
    quantization,
    fileBytes: statSync(path).size,
    one: times[2],
    together,
    recall: right / (64 * k),
    peakBytes: peakBytes(),
  });
  await index.close();
  rmSync(path);
  console.error(facts.at(-1));
  writeFileSync(values.out, `${JSON.stringify(facts, null, 2)}\n`);
}
