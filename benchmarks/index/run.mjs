// Recall over speed, build time, memory and disk of the local indexes and of FAISS, each in a process of its own, on
// the same vectors: those of generate.mjs, or any folder with vectors.f32, queries.f32 (rows of float32) and vectors.json
// ({"dimensions", "count", "about", "described"}).
//   npm run build && python3 -m venv .venv && .venv/bin/pip install -r benchmarks/index/requirements.txt
//   node benchmarks/index/run.mjs --vectors FOLDER --work FOLDER --name index-1m --python .venv/bin/python
//     [--indexes exact-f32,usearch-i8,faiss-hnsw-128-200,…] [--phases build,search] [--expansions 64,128,256,512]
//     [--k 10,100] [--queries 1000] [--rounds 5] [--visits 3] [--wanted-recall 0.95] [--postgres URL, for postgres-f16]
// What is built stays in --work: `--phases search` measures it again, `--phases report` writes the tables anew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createExactIndex } from '@referent/index-exact';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { drawCurves } from './curve-plot.mjs';
import { writeReport } from './report.mjs';
import { readQueries, rowFile } from './vectors.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    vectors: { type: 'string' },
    work: { type: 'string' },
    name: { type: 'string', default: 'index' },
    python: { type: 'string', default: 'python3' },
    indexes: {
      type: 'string',
      default:
        'exact-f32,exact-f16,exact-i8,exact-file-f16,usearch-f32,usearch-f16,usearch-i8,usearch-b1,hnswlib-f32,lancedb-ivf-flat,pglite-f16,faiss-flat,faiss-hnsw-16-128,faiss-hnsw-32-200,faiss-hnsw-128-200',
    },
    phases: { type: 'string', default: 'build,search,report' },
    expansions: { type: 'string', default: '16,32,64,128,256,512' },
    k: { type: 'string', default: '10,100' },
    queries: { type: 'string', default: '1000' },
    singles: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    visits: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    connectivity: { type: 'string' },
    'expansion-add': { type: 'string' },
    postgres: { type: 'string' },
    'segment-size': { type: 'string', default: '500000' },
    'wanted-recall': { type: 'string', default: '0.95' },
  },
});
if (!values.vectors || !values.work) throw new Error('Give --vectors FOLDER (of generate.mjs) and --work FOLDER.');
const numbers = (list) => list.split(',').map(Number);
const facts = JSON.parse(readFileSync(join(values.vectors, 'vectors.json'), 'utf8'));
const { dimensions, count } = facts;
const ks = numbers(values.k);
const phases = values.phases.split(',');
const names = values.indexes.split(',');
mkdirSync(values.work, { recursive: true });

const truthFile = join(values.work, 'truth.json');
if (!existsSync(truthFile)) {
  console.error('comparing all queries with all vectors ...');
  writeFileSync(truthFile, JSON.stringify(await exactTruth(Math.max(...ks))));
}
if (phases.includes('build')) {
  for (const name of names) {
    const target = join(values.work, `${name}.build.json`);
    if (builtAs(name) !== name) continue;
    // What took long to build is not built again.
    if (existsSync(target) && readFileSync(target, 'utf8').trim() !== '') continue;
    await keep(name, 'build');
  }
}
if (phases.includes('search')) {
  for (const name of names) rmSync(join(values.work, `${name}.search.json`), { force: true });
  // In turns: a machine that others use, too, has slow minutes, and no index shall have them for itself.
  for (let visit = 0; visit < Number(values.visits); visit++) {
    for (const name of names) {
      if (visit === 0 || !isExhaustive(name)) await keep(name, 'search', betterOf);
    }
  }
}
if (phases.includes('report')) {
  const read = (name, phase) => {
    const path = join(values.work, `${name}.${phase}.json`);
    const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    return text === '' ? {} : JSON.parse(text);
  };
  const results = names
    .map((name) => {
      const [built, searched] = [read(builtAs(name), 'build'), read(name, 'search')];
      return { name, ...built, ...searched, buildLoad: built.load, searchLoad: searched.load };
    })
    .filter(({ points }) => points);
  const machine = describeMachine();
  const commit = measuredCommit(join(here, '../..'));
  const [wanted, rounds, visits] = [values['wanted-recall'], values.rounds, values.visits].map(Number);
  writeReport(values.name, { machine, commit, vectors: facts, results, ks, wanted, rounds, visits });
  for (const k of ks) {
    const curves = results.map(({ name, points }) => ({
      name,
      points: points
        .filter((point) => point.k === k)
        .map(({ recall, queriesPerSecond }) => ({ recall, x: queriesPerSecond })),
    }));
    const svg = drawCurves(
      curves.filter(({ points }) => points.length > 0),
      {
        title: `Recall@${k} and queries per second`,
        subtitle: `${count.toLocaleString('en')} x ${dimensions}, ${facts.about}, ${machine.cores} cores, many queries in one call`,
      },
    );
    writeFileSync(join(here, '../results', `${values.name}-recall${k}.svg`), svg);
  }
}

/** Measures, and keeps it: what `combined`, if given, makes of it and of what was measured before. */
async function keep(name, phase, combined) {
  const target = join(values.work, `${name}.${phase}.json`);
  console.error(`${phase} ${name} ...`);
  const load = currentLoad();
  const result = await measured(name, phase);
  if (!result) return;
  const before = combined && existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : undefined;
  const kept = { ...result, load, date: new Date().toISOString() };
  writeFileSync(target, `${JSON.stringify(before ? combined(kept, before) : kept)}\n`);
}

/** Of each point the best that a visit had; of memory and load the most. */
function betterOf(now, before) {
  const points = now.points.map((point, at) => {
    const other = before.points[at];
    const best = { ...point };
    for (const rate of ['queriesPerSecond', 'queriesPerCpuSecond']) best[rate] = Math.max(point[rate], other[rate]);
    for (const time of ['p50', 'p99']) best[time] = Math.min(point[time], other[time]);
    return { ...best, firstQueriesPerSecond: other.firstQueriesPerSecond };
  });
  const most = (value) => Math.max(now[value] ?? 0, before[value] ?? 0);
  return { ...now, points, searchPeakBytes: most('searchPeakBytes'), load: most('load') };
}

/** Compares everything: takes long, and hardly varies. */
function isExhaustive(name) {
  return /^(exact|faiss-flat)/.test(name);
}

/** The index whose file `name` searches: its own, or that of the same graph with re-scoring. */
function builtAs(name) {
  return name.replace('-rough-', '-');
}

/** The keys of the true best k of every query, in bounded memory. */
async function exactTruth(k) {
  const queries = readQueries(join(values.vectors, 'queries.f32'), dimensions);
  const file = rowFile(join(values.vectors, 'vectors.f32'), dimensions);
  let best = Array.from({ length: queries.count }, () => []);
  const together = 50_000;
  for (let from = 0; from < count; from += together) {
    const rows = file.rows(from, Math.min(together, count - from));
    const index = createExactIndex({ dimensions });
    await index.add(
      Uint32Array.from({ length: rows.count }, (_, row) => from + row),
      rows,
    );
    const found = await index.search(queries, k);
    best = best.map((hits, query) => {
      const more = Array.from(found[query].keys, (key, rank) => ({ key, score: found[query].scores[rank] }));
      return [...hits, ...more].sort((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
    });
    await index.close();
  }
  file.close();
  return best.map((hits) => hits.map(({ key }) => key));
}

/** Undefined where it failed, which is said. */
async function measured(name, phase) {
  const isPeer = name.startsWith('faiss-');
  const settings = {
    phase,
    index: isPeer ? name.slice('faiss-'.length) : name,
    folder: values.vectors,
    work: values.work,
    dimensions,
    count,
    ks,
    queries: Number(values.queries),
    singles: Number(values.singles),
    rounds: isExhaustive(name) ? 1 : Number(values.rounds),
    threads: Number(values.threads),
    expansions: numbers(values.expansions),
    segmentSize: Number(values['segment-size']),
    ...(values.postgres && { postgresUrl: values.postgres }),
    ...(values.connectivity && { connectivity: Number(values.connectivity) }),
    ...(values['expansion-add'] && { expansionAdd: Number(values['expansion-add']) }),
  };
  const command = isPeer ? [values.python, join(here, 'faiss-peer.py')] : [process.execPath, join(here, 'measure.mjs')];
  const child = spawn(command[0], [command[1], JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const [code] = await once(child, 'close');
  if (code === 0) return JSON.parse(output);
  console.error(`${phase} ${name} failed.`);
  return undefined;
}
