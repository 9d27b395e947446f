// What the adapter costs over the bare library: batches of 64 queries against one saved index, in turn.
//   node benchmarks/index/overhead.mjs --index FILE (of index-usearch) [--quantization f32] --queries QUERIES.f32 [--dimensions 384] [--rounds 15]
import { parseArgs } from 'node:util';
import { openUsearchIndex } from '@referent/index-usearch';
import { Index, MetricKind, ScalarKind } from 'usearch';
import { currentLoad, describeMachine } from '../shared/machine.mjs';
import { machineLine, markdownTable, median, writeResults } from '../shared/results.mjs';
import { cpuSeconds, readQueries } from './vectors.mjs';

const { values } = parseArgs({
  options: {
    index: { type: 'string' },
    queries: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    rounds: { type: 'string', default: '15' },
    quantization: { type: 'string', default: 'f32' },
    threads: { type: 'string', default: '2' },
  },
});
const [dimensions, rounds, threads] = [values.dimensions, values.rounds, values.threads].map(Number);
const { data, count } = readQueries(values.queries, dimensions);
const batches = Array.from({ length: Math.min(8, Math.floor(count / 64)) }, (_, at) =>
  data.slice(at * 64 * dimensions, (at + 1) * 64 * dimensions),
);
const bare = new Index({
  dimensions,
  metric: MetricKind.IP,
  quantization: { f32: ScalarKind.F32, f16: ScalarKind.F16 }[values.quantization],
  connectivity: 16,
  expansion_add: 128,
  expansion_search: 128,
  multi: false,
});
bare.view(values.index);
const adapter = await openUsearchIndex({
  quantization: values.quantization,
  path: values.index,
  dimensions,
  expansionSearch: 128,
  threads,
  view: true,
});
const load = currentLoad();
const results = [];
for (const k of [10, 100]) {
  const ways = {
    bare: (batch) => bare.search(batch, k, threads),
    adapter: (batch) => adapter.search({ data: batch, count: 64 }, k),
  };
  const spent = { bare: [], adapter: [] };
  for (let round = 0; round < rounds + 2; round++) {
    for (const [name, search] of Object.entries(ways)) {
      const [start, cpu] = [performance.now(), cpuSeconds()];
      for (const batch of batches) await search(batch);
      if (round > 1) spent[name].push({ wall: performance.now() - start, cpu: 1000 * (cpuSeconds() - cpu) });
    }
  }
  const of = (name, what) => median(spent[name].map((it) => it[what])) / batches.length;
  // Rounds in pairs, so that what else runs meets both.
  const share = (what) => median(spent.adapter.map((it, round) => it[what] / spent.bare[round][what])) - 1;
  results.push({
    k,
    bareMs: of('bare', 'wall'),
    adapterMs: of('adapter', 'wall'),
    overhead: share('wall'),
    cpuOverhead: share('cpu'),
  });
}
const machine = describeMachine();
const percent = (value) => `${(100 * value).toFixed(1)} %`;
writeResults(
  'index-overhead',
  { machine, load, size: adapter.size, results },
  `# The adapter over the bare library

Batches of 64 queries, ${adapter.size.toLocaleString('en')} x ${dimensions}, ${values.quantization}, expansionSearch 128, ${threads} threads: median of ${rounds} rounds, in turn, \`node benchmarks/index/overhead.mjs\`, ${new Date().toISOString().slice(0, 10)}.

${markdownTable([
  ['k', 'usearch alone, ms', 'index-usearch, ms', 'overhead', 'overhead by processor time'],
  ...results.map((it) => [
    it.k,
    it.bareMs.toFixed(2),
    it.adapterMs.toFixed(2),
    percent(it.overhead),
    percent(it.cpuOverhead),
  ]),
])}

${machineLine(machine)}. Load before: ${load}.`,
);
