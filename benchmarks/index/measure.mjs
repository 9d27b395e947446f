// One index, in a process of its own so that its memory can be told: run.mjs starts it. Prints one line of JSON.
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openExactIndex, searchExactFile, writeExactFile } from '@referent/index-exact/node';
import { createUsearchIndex, openUsearchIndex, openUsearchSegments } from '@referent/index-usearch';

const { backend, quantization, folder, work, dimensions, count, expansions, ks, segmentSize } = JSON.parse(
  process.argv[2],
);
const batch = 8192;
const file = openSync(join(folder, 'vectors.f32'), 'r');
const read = (first, rows) => {
  const data = new Float32Array(rows * dimensions);
  readSync(file, Buffer.from(data.buffer), 0, data.byteLength, first * dimensions * 4);
  return { data, count: rows };
};
/** The vectors as a knowledge base keeps them: in a file, read by key. */
const vectors = {
  dimensions,
  async read(keys) {
    const data = new Float32Array(keys.length * dimensions);
    const bytes = Buffer.from(data.buffer);
    keys.forEach((key, row) => {
      readSync(file, bytes, row * dimensions * 4, dimensions * 4, key * dimensions * 4);
    });
    return { data, count: keys.length };
  },
};
const queryBytes = readFileSync(join(folder, 'queries.f32'));
const queryData = new Float32Array(queryBytes.buffer, queryBytes.byteOffset, queryBytes.length / 4);
const queries = { data: queryData, count: queryData.length / dimensions };
const truth = JSON.parse(readFileSync(join(work, 'truth.json'), 'utf8'));

const numbered = (from, rows) => Uint32Array.from({ length: rows }, (_, row) => from + row);
function* parts() {
  for (let from = 0; from < count; from += batch) {
    const rows = Math.min(batch, count - from);
    yield { keys: numbered(from, rows), rows: read(from, rows) };
  }
}

const rescore = quantization === 'f32' ? undefined : vectors;
const path = join(work, `${backend}-${quantization}`);
rmSync(path, { recursive: true, force: true });
const builders = {
  exact: () => writeExactFile({ path, dimensions, quantization, parts: parts() }),
  'exact-file': () => writeExactFile({ path, dimensions, quantization, parts: parts() }),
  async usearch() {
    const index = await createUsearchIndex({ dimensions, quantization, rescore });
    for (const { keys, rows } of parts()) await index.add(keys, rows);
    await index.save(path);
    await index.close();
  },
  async 'usearch-segments'() {
    const index = await openUsearchSegments({ folder: path, dimensions, quantization, rescore, segmentSize });
    for (const { keys, rows } of parts()) await index.add(keys, rows);
    await index.flush();
    await index.close();
  },
};
const openers = {
  exact: () => openExactIndex({ path }),
  'exact-file': () => searchExactFile({ path }),
  usearch: (expansionSearch) =>
    openUsearchIndex({ path, dimensions, quantization, rescore, expansionSearch, view: true }),
  'usearch-segments': (expansionSearch) =>
    openUsearchSegments({ folder: path, dimensions, quantization, rescore, expansionSearch, segmentSize }),
};

const started = performance.now();
await builders[backend]();
const buildSeconds = (performance.now() - started) / 1000;
const buildPeakBytes = peakBytes();
resetPeak();

const points = [];
for (const expansionSearch of backend.startsWith('exact') ? [null] : expansions) {
  const index = await openers[backend](expansionSearch);
  for (const k of ks) {
    await index.search(queries, k);
    const before = performance.now();
    const found = await index.search(queries, k);
    const queriesPerSecond = queries.count / ((performance.now() - before) / 1000);
    const times = [];
    for (let query = 0; query < Math.min(300, queries.count); query++) {
      const data = queryData.slice(query * dimensions, (query + 1) * dimensions);
      const one = performance.now();
      await index.search({ data, count: 1 }, k);
      times.push(performance.now() - one);
    }
    times.sort((a, b) => a - b);
    let shared = 0;
    found.forEach(({ keys }, query) => {
      const right = new Set(truth[query].slice(0, k));
      for (const key of keys) shared += Number(right.has(key));
    });
    points.push({
      expansionSearch,
      k,
      recall: shared / (k * queries.count),
      queriesPerSecond,
      p50: times[times.length >> 1],
      p99: times[Math.floor(times.length * 0.99)],
    });
  }
  await index.close();
}
closeSync(file);
console.log(
  JSON.stringify({
    backend,
    quantization,
    buildSeconds,
    buildPeakBytes,
    searchPeakBytes: peakBytes(),
    diskBytes: sizeOf(path),
    points,
  }),
);
rmSync(path, { recursive: true, force: true });

function sizeOf(at) {
  if (!statSync(at).isDirectory()) return statSync(at).size;
  return readdirSync(at).reduce((sum, name) => sum + statSync(join(at, name)).size, 0);
}

/** The most memory that the process had since the last reset, mapped pages of files included. Linux only. */
function peakBytes() {
  try {
    return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return null;
  }
}

function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak of the search includes that of the build.
  }
}
