// Recall over speed, build time, memory and disk of the local indexes, each in a process of its own, on the vectors of
// generate.mjs.
//   npm run build && node benchmarks/index/run.mjs --vectors FOLDER --work FOLDER [--name index-1m]
//     [--indexes exact-f32,exact-file-f16,usearch-f32,usearch-i8,usearch-segments-i8] [--expansions 64,128,256,512]
//     [--k 10,100] [--segment-size 500000] [--wanted-recall 0.95]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawTradeoff } from '@referent/evaluation';
import { createExactIndex } from '@referent/index-exact';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    vectors: { type: 'string' },
    work: { type: 'string' },
    name: { type: 'string', default: 'index' },
    indexes: {
      type: 'string',
      default: 'exact-f32,exact-file-f16,usearch-f32,usearch-f16,usearch-i8,usearch-b1,usearch-segments-i8',
    },
    expansions: { type: 'string', default: '64,128,256,512' },
    k: { type: 'string', default: '10,100' },
    'segment-size': { type: 'string', default: '500000' },
    'wanted-recall': { type: 'string', default: '0.95' },
  },
});
if (!values.vectors || !values.work) throw new Error('Give --vectors FOLDER (of generate.mjs) and --work FOLDER.');
const numbers = (list) => list.split(',').map(Number);
const facts = JSON.parse(readFileSync(join(values.vectors, 'vectors.json'), 'utf8'));
const { dimensions, count } = facts;
const ks = numbers(values.k);
mkdirSync(values.work, { recursive: true });
const load = currentLoad();

console.error('comparing all queries with all vectors ...');
writeFileSync(join(values.work, 'truth.json'), JSON.stringify(await exactTruth(Math.max(...ks))));

const results = [];
for (const name of values.indexes.split(',')) {
  const at = name.lastIndexOf('-');
  const settings = {
    backend: name.slice(0, at),
    quantization: name.slice(at + 1),
    folder: values.vectors,
    work: values.work,
    dimensions,
    count,
    ks,
    expansions: numbers(values.expansions),
    segmentSize: Number(values['segment-size']),
  };
  console.error(`${name} ...`);
  results.push({ name, ...(await measured(settings)) });
}

const machine = describeMachine();
const commit = measuredCommit(join(here, '../..'));
const wanted = Number(values['wanted-recall']);
writeResults(values.name, { machine, commit, load, vectors: facts, results }, report());
for (const k of ks) {
  const points = results.flatMap(({ name, points: all }) =>
    all
      .filter((point) => point.k === k)
      .map(({ expansionSearch, recall, p50 }) => ({
        name: expansionSearch === null ? name : String(expansionSearch),
        group: name,
        accuracy: recall,
        milliseconds: p50,
      })),
  );
  const title = `Recall@${k} and milliseconds per query`;
  const svg = drawTradeoff(points, { title, subtitle: `${count} x ${dimensions}`, labels: 'front' });
  writeFileSync(join(here, '../results', `${values.name}-recall${k}.svg`), svg);
}

/** The keys of the true best k of every query, in bounded memory. */
async function exactTruth(k) {
  const bytes = readFileSync(join(values.vectors, 'queries.f32'));
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const queries = { data, count: data.length / dimensions };
  const file = openSync(join(values.vectors, 'vectors.f32'), 'r');
  let best = Array.from({ length: queries.count }, () => []);
  const together = 50_000;
  for (let from = 0; from < count; from += together) {
    const rows = new Float32Array(Math.min(together, count - from) * dimensions);
    readSync(file, Buffer.from(rows.buffer), 0, rows.byteLength, from * dimensions * 4);
    const part = rows.length / dimensions;
    const index = createExactIndex({ dimensions });
    await index.add(
      Uint32Array.from({ length: part }, (_, row) => from + row),
      { data: rows, count: part },
    );
    const found = await index.search(queries, k);
    best = best.map((hits, query) => {
      const more = Array.from(found[query].keys, (key, rank) => ({ key, score: found[query].scores[rank] }));
      return [...hits, ...more].sort((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
    });
    await index.close();
  }
  closeSync(file);
  return best.map((hits) => hits.map(({ key }) => key));
}

async function measured(settings) {
  const child = spawn(process.execPath, [join(here, 'measure.mjs'), JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${settings.backend} ${settings.quantization} failed.`);
  return JSON.parse(output);
}

function report() {
  const mega = (bytes) => (bytes === null ? '-' : (bytes / 1e6).toFixed(0));
  const built = markdownTable([
    ['index', 'vectors/s', 'build peak MB', 'search peak MB', 'disk MB'],
    ...results.map(({ name, buildSeconds, buildPeakBytes, searchPeakBytes, diskBytes }) => [
      name,
      (count / buildSeconds).toFixed(0),
      mega(buildPeakBytes),
      mega(searchPeakBytes),
      mega(diskBytes),
    ]),
  ]);
  const searched = (k) =>
    markdownTable([
      ['index', 'expansionSearch', `recall@${k}`, 'queries/s, in one call', 'p50 ms', 'p99 ms', `reaches ${wanted}`],
      ...results.flatMap(({ name, points }) =>
        points
          .filter((point) => point.k === k)
          .map(({ expansionSearch, recall, queriesPerSecond, p50, p99 }) => [
            name,
            expansionSearch ?? '-',
            recall.toFixed(4),
            queriesPerSecond.toFixed(0),
            p50.toPrecision(3),
            p99.toPrecision(3),
            recall >= wanted ? '*' : '',
          ]),
      ),
    ]);
  const { likeness } = facts;
  const crowd = Object.keys(likeness.real).map(
    (it) => `${it}: ${likeness.real[it]} real, ${likeness.generated[it]} generated`,
  );
  return `# Indexes: ${count} x ${dimensions}

${facts.queries} queries. Generated by \`benchmarks/index/generate.mjs\` (seed ${facts.seed}): a mixture of ${facts.clusters} clusters fitted on ${facts.sample} real vectors;
among ${likeness.vectors} of each, medians: ${crowd.join('; ')}.

## Building

${built}

Memory is the peak of the process, pages of mapped files included; the vectors for re-scoring stay on the disk.

${ks.map((k) => `## The best ${k}\n\n![Recall@${k} over milliseconds per query](${values.name}-recall${k}.svg)\n\n${searched(k)}`).join('\n\n')}

${machineLine(machine)}. Commit ${commit}. Load before the run: ${load}${load > machine.cores / 2 ? ', so the times are too long: ratios at best' : ''}.
`;
}
