// Builds or searches one index, in a process of its own so that its memory and processor time can be told: run.mjs
// starts it. Prints one line of JSON.
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openExactIndex, searchExactFile, writeExactFile } from '@referent/index-exact/node';
import { createUsearchIndex, openUsearchIndex, openUsearchSegments } from '@referent/index-usearch';
import { freePort } from '../../tools/free-port.mjs';
import { cpuSeconds, peakBytes, readQueries, readTruth, resetPeak, residentBytes, rowFile } from './vectors.mjs';

const settings = JSON.parse(process.argv[2]);
const { phase, index: name, folder, work, dimensions, count, expansions, ks, threads } = settings;
const at = name.lastIndexOf('-');
const [backend, quantization] = [name.slice(0, at), name.slice(at + 1)];
const file = rowFile(join(folder, 'vectors.f32'), dimensions);
const rescore = quantization === 'f32' ? undefined : file.store;
const path = join(work, name);
const together = 8192;
function* parts() {
  for (let from = 0; from < count; from += together) {
    const rows = Math.min(together, count - from);
    yield { keys: Uint32Array.from({ length: rows }, (_, row) => from + row), rows: file.rows(from, rows) };
  }
}
async function addAll(index) {
  for (const { keys, rows } of parts()) await index.add(keys, rows);
}
const { connectivity, expansionAdd, segmentSize } = settings;
const usearch = { dimensions, quantization, rescore, threads, connectivity, expansionAdd };
/** Settings of searching that change nothing else have a point each; `null` stands for none. */
const backends = {
  exact: {
    build: () => writeExactFile({ path, dimensions, quantization, parts: parts() }),
    open: () => openExactIndex({ path }),
  },
  'exact-file': {
    build: () => writeExactFile({ path, dimensions, quantization, parts: parts() }),
    open: () => searchExactFile({ path }),
  },
  usearch: {
    async build() {
      const index = await createUsearchIndex(usearch);
      await addAll(index);
      await index.save(path);
      await index.close();
    },
    open: (expansionSearch) => openUsearchIndex({ path, ...usearch, expansionSearch, view: true }),
    points: expansions,
  },
  /** The same graph with the scores that it gives: nothing is read from the full vectors. */
  'usearch-rough': {
    open: (expansionSearch) =>
      openUsearchIndex({
        path: join(work, `usearch-${quantization}`),
        ...usearch,
        rescore: undefined,
        expansionSearch,
        view: true,
      }),
    points: expansions,
  },
  'usearch-segments': {
    async build() {
      const index = await openUsearchSegments({ folder: path, ...usearch, segmentSize });
      await addAll(index);
      await index.flush();
      await index.close();
    },
    open: (expansionSearch) => openUsearchSegments({ folder: path, ...usearch, segmentSize, expansionSearch }),
    points: expansions,
  },
  hnswlib: {
    async build() {
      const { createHnswlibIndex } = await import('@referent/index-hnswlib');
      const index = await createHnswlibIndex({ dimensions, connectivity, expansionAdd });
      await addAll(index);
      await index.save(path);
      await index.close();
    },
    open: async (expansionSearch) =>
      (await import('@referent/index-hnswlib')).openHnswlibIndex({ path, dimensions, expansionSearch }),
    points: expansions,
  },
  'lancedb-ivf': {
    async build() {
      const { createLancedbIndex } = await import('@referent/index-lancedb');
      const index = await createLancedbIndex({ folder: path, dimensions, graph: `ivf-${quantization}`, replace: true });
      await addAll(index);
      await index.buildGraph();
      await index.close();
    },
    open: async (probes) =>
      (await import('@referent/index-lancedb')).openLancedbIndex({
        folder: path,
        dimensions,
        graph: `ivf-${quantization}`,
        probes,
      }),
    points: [2, 4, 8, 16, 32].slice(0, expansions.length),
  },
  pglite: postgres(() => startPglite(path)),
  /** A server of its own, which tools/postgres starts: its memory and processor time are not this process's. */
  postgres: { ...postgres(runningServer), isServer: true },
};
const { build, open, points: searchSettings = [null], isServer } = backends[backend];

if (phase === 'build') {
  rmSync(path, { recursive: true, force: true });
  const [started, cpuBefore] = [performance.now(), cpuSeconds()];
  await build();
  const buildSeconds = (performance.now() - started) / 1000;
  print({
    buildSeconds,
    ...(!isServer && {
      buildCpuSeconds: cpuSeconds() - cpuBefore,
      buildPeakBytes: peakBytes(),
      diskBytes: sizeOf(path),
    }),
  });
} else {
  resetPeak();
  const { data, count: all } = readQueries(join(folder, 'queries.f32'), dimensions);
  const queries = { data, count: Math.min(all, settings.queries) };
  queries.data = data.slice(0, queries.count * dimensions);
  const truth = readTruth(work);
  const points = [];
  for (const expansionSearch of searchSettings) {
    const index = await open(expansionSearch);
    for (const k of ks) {
      const rounds = [];
      for (let round = 0; round <= settings.rounds; round++) {
        const [before, cpuBefore] = [performance.now(), cpuSeconds()];
        const hits = await index.search(queries, k);
        rounds.push({ hits, seconds: (performance.now() - before) / 1000, cpu: cpuSeconds() - cpuBefore });
      }
      // The first is for what a service meets once: pages that are not mapped yet, files that are not in memory.
      const [{ hits: found, seconds: firstSeconds }, ...warm] = rounds;
      const [seconds, cpu] = ['seconds', 'cpu'].map((time) => Math.min(...warm.map((round) => round[time])));
      const times = [];
      for (let query = 0; query < Math.min(settings.singles, queries.count); query++) {
        const one = { data: queries.data.slice(query * dimensions, (query + 1) * dimensions), count: 1 };
        const start = performance.now();
        await index.search(one, k);
        times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      let right = 0;
      found.forEach(({ keys }, query) => {
        const best = new Set(truth[query].slice(0, k));
        for (const key of keys) right += Number(best.has(key));
      });
      points.push({
        expansionSearch,
        k,
        recall: right / (k * queries.count),
        queriesPerSecond: queries.count / seconds,
        firstQueriesPerSecond: queries.count / firstSeconds,
        ...(!isServer && { queriesPerCpuSecond: queries.count / cpu }),
        p50: times[times.length >> 1],
        p99: times[Math.floor(times.length * 0.99)],
      });
    }
    await index.close();
  }
  print({ ...(!isServer && { searchPeakBytes: peakBytes(), searchResidentBytes: residentBytes() }), points });
}
file.close();

function print(result) {
  writeFileSync(1, `${JSON.stringify(result)}\n`);
}

/** How an index in PostgreSQL is built and opened, whichever `start` gives: `{ url, close }`. */
function postgres(start) {
  return {
    async build() {
      const { createPostgresIndex } = await import('@referent/index-postgres');
      const { url, close } = await start();
      const options = { url, table: 'vectors', dimensions, quantization, deferGraph: true, replace: true };
      const index = await createPostgresIndex(options);
      for (const { keys, rows } of parts()) await index.add(keys, rows);
      await index.buildGraph({ memory: '512MB' });
      await index.close();
      await close();
    },
    async open(expansionSearch) {
      const { openPostgresIndex } = await import('@referent/index-postgres');
      const { url, close } = await start();
      const index = await openPostgresIndex({ url, table: 'vectors', dimensions, quantization, expansionSearch });
      return { search: (...args) => index.search(...args), close: () => index.close().then(close) };
    },
    points: expansions.filter((expansion) => expansion <= 1000),
  };
}

function runningServer() {
  const { postgresUrl: url } = settings;
  if (!url) throw new Error('Start PostgreSQL with `node tools/postgres/start.mjs` and give its URL with --postgres.');
  return { url, close: async () => {} };
}

/** PostgreSQL as WebAssembly in this process, kept in a folder, behind its own wire protocol. */
async function startPglite(dataDir) {
  const [{ PGlite }, { vector }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
    import('@electric-sql/pglite-socket'),
  ]);
  const db = await PGlite.create({ dataDir, extensions: { vector } });
  const port = await freePort();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 8 });
  await server.start();
  const close = async () => {
    await server.stop();
    await db.close();
  };
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, close };
}

function sizeOf(at) {
  if (!statSync(at).isDirectory()) return statSync(at).size;
  return readdirSync(at).reduce((sum, entry) => sum + sizeOf(join(at, entry)), 0);
}
