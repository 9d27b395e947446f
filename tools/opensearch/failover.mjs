// What a cluster of two nodes does when one dies in the middle of a load: 2 shards x 1 replica are built and searched, one
// node is killed (-9) while a batch is being stored, everything is counted and searched again, and the node comes back.
// Fails where a key is lost or found twice. Too slow for CI. Writes benchmarks/results/opensearch.{md,json}.
//   npm run build && node tools/opensearch/failover.mjs --vectors VECTORS.f32 --data "what they are"
//     [--dimensions 384] [--count 100000] [--queries 200] [--batch 2000] [--heap 640m]
// VECTORS.f32 holds rows of little-endian float32, such as the vectors-1.f32 of a knowledge base; the last rows are queries.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createExactIndex } from '@referent/index-exact';
import { createOpenSearchIndex } from '@referent/index-opensearch';
import { currentLoad, describeMachine, measuredCommit } from '../../benchmarks/shared/machine.mjs';
import { machineLine, markdownTable, writeResults } from '../../benchmarks/shared/results.mjs';
import { startCluster } from './cluster.mjs';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string' },
    data: { type: 'string' },
    dimensions: { type: 'string', default: '384' },
    count: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '200' },
    batch: { type: 'string', default: '2000' },
    heap: { type: 'string', default: '640m' },
  },
});
if (!values.vectors || !values.data) throw new Error('Give --vectors FILE and --data "what they are".');
const [dimensions, count, probes, batch] = [values.dimensions, values.count, values.queries, values.batch].map(Number);
const stored = readRows(values.vectors, 0, count);
const queries = readRows(values.vectors, -probes, probes);
const all = Uint32Array.from({ length: count }, (_, row) => row);
const half = Math.floor(count / 2 / batch) * batch;
const started = Date.now();
const tell = (text) => process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
const loads = [currentLoad()];

tell('exact search, for the truth ...');
const [truthOfHalf, truth] = [await truthAmong(half), await truthAmong(count)];
// exit stops and deletes the nodes.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
tell('two nodes start ...');
const cluster = await startCluster({ nodes: 2, heap: values.heap });
try {
  const began = performance.now();
  const url = cluster.nodes.map((node) => node.url);
  const index = await createOpenSearchIndex({
    url,
    index: 'failover',
    dimensions,
    shards: 2,
    replicas: 1,
    timeout: 300_000,
  });
  await whenHealth('green');
  const stages = [];
  const refused = [];

  const first = await load(0, half);
  tell(`stored ${half}: ${first.rate}/s`);
  stages.push(await measure('half of it, both nodes', truthOfHalf));

  let killed;
  const second = await load(half, count, (from) => {
    if (killed || from < half + (count - half) / 2) return;
    // A moment after the request has gone out.
    killed = pause(100).then(() => cluster.nodes[1].kill());
  });
  await killed;
  tell(`stored ${count}, one node killed: ${second.rate}/s, slowest batch ${second.slowest} s`);
  const health = await whenHealth('yellow');
  const afterKill = await whole();
  stages.push(await measure('all of it, one node killed', truth));

  const back = performance.now();
  cluster.nodes[1].start();
  await whenHealth('green', 2);
  const recovery = seconds(back);
  tell(`both nodes back and in step after ${recovery} s`);
  const copies = await copiesOfShards();
  const bytes = await bytesOnDisk();
  stages.push(await measure('all of it, the node is back', truth));
  const afterReturn = await whole();
  const memory = cluster.nodes.map(({ pid }) => residentMiB(pid));
  loads.push(currentLoad());
  await index.close();
  report({
    first,
    second,
    refused,
    stages,
    health,
    recovery,
    copies,
    bytes,
    afterKill,
    afterReturn,
    memory,
    total: seconds(began),
  });

  /** Batch after batch. One that is refused is given again, once the server answers: that is what the error says. */
  async function load(from, to, beforeBatch = () => {}) {
    const begin = performance.now();
    let slowest = 0;
    for (let at = from; at < to; at += batch) {
      const end = Math.min(at + batch, to);
      const rows = { data: stored.data.subarray(at * dimensions, end * dimensions), count: end - at };
      const asked = performance.now();
      beforeBatch(at);
      for (let isStored = false; !isStored; ) {
        try {
          await index.add(all.subarray(at, end), rows);
          isStored = true;
        } catch (error) {
          if (refused.length >= 20 || !/^INDEX_(CONNECTION_LOST|SERVER_BUSY|TIMEOUT)$/.test(error.code)) throw error;
          tell(`${error.code}: ${error.why ?? error.message}`);
          refused.push(error.code);
          await pause(1000);
        }
      }
      slowest = Math.max(slowest, performance.now() - asked);
    }
    const rate = Math.round((to - from) / ((performance.now() - begin) / 1000));
    return { vectors: to - from, rate, slowest: Number((slowest / 1000).toFixed(1)) };
  }

  async function measure(stage, wanted) {
    await index.search(rowsFrom(0, 1), 10); // shows what is stored
    const milliseconds = [];
    for (let row = 0; row < probes; row++) {
      const asked = performance.now();
      await index.search(rowsFrom(row, 1), 100);
      milliseconds.push(performance.now() - asked);
    }
    const batched = [];
    for (let row = 0; row + 64 <= probes; row += 64) {
      const asked = performance.now();
      await index.search(rowsFrom(row, 64), 100);
      batched.push(performance.now() - asked);
    }
    const recall = {};
    for (const k of [10, 100]) recall[k] = recallOf(await index.search(queries, k), wanted, k);
    const at = (times, part) =>
      Number([...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(1));
    const figures = {
      stage,
      vectors: index.size,
      one: { p50: at(milliseconds, 0.5), p99: at(milliseconds, 0.99) },
      of64: { p50: at(batched, 0.5), perQuery: Number((at(batched, 0.5) / 64).toFixed(2)) },
      recall,
    };
    tell(JSON.stringify(figures));
    return figures;
  }

  /** Every key is there, once: of some keys, and asked for more hits than these, the server gives all that there are. */
  async function whole() {
    let [hits, distinct] = [0, 0];
    const together = 50_000;
    for (let from = 0; from < count; from += together) {
      const keys = all.subarray(from, from + together);
      const [found] = await index.search(rowsFrom(0, 1), together + 1, { keys });
      hits += found.keys.length;
      distinct += new Set(found.keys).size;
    }
    const answer = { size: index.size, hits, distinct };
    tell(JSON.stringify(answer));
    if (answer.size !== count || answer.hits !== count || answer.distinct !== count) {
      throw new Error(`Of ${count} keys there are ${JSON.stringify(answer)}.`);
    }
    return answer;
  }
} finally {
  await cluster.stop();
}

function report(found) {
  const { first, second, refused, stages, recovery, copies, bytes, memory } = found;
  const machine = describeMachine();
  const data = {
    date: new Date().toISOString().slice(0, 10),
    commit: measuredCommit(new URL('../../', import.meta.url).pathname),
    machine,
    load: loads,
    settings: {
      ...values,
      vectors: undefined,
      shards: 2,
      replicas: 1,
      connectivity: 16,
      expansionAdd: 128,
      expansionSearch: 200,
    },
    ...found,
  };
  const table = markdownTable([
    [
      'state',
      'vectors',
      'one query, k = 100: p50',
      'p99',
      '64 queries in one call',
      'per query',
      'recall@10',
      'recall@100',
    ],
    ...stages.map(({ stage, vectors, one, of64, recall }) => [
      stage,
      vectors.toLocaleString('en'),
      `${one.p50} ms`,
      `${one.p99} ms`,
      `${of64.p50} ms`,
      `${of64.perQuery} ms`,
      recall[10],
      recall[100],
    ]),
  ]);
  writeResults(
    'opensearch',
    data,
    `# OpenSearch: two nodes, one of them killed

\`node tools/opensearch/failover.mjs\`: ${count.toLocaleString('en')} vectors of ${dimensions} values (${values.data}), added by
@referent/index-opensearch in batches of ${batch}, 2 shards x 1 replica on two nodes (OpenSearch 2.19.1, k-NN plugin, Lucene HNSW,
heap ${values.heap} each) on one machine; ${probes} queries, recall against exact search.

${table}

- Adding: ${first.rate} vectors/s to both nodes (the first ${first.vectors.toLocaleString('en')}); ${second.rate}/s over the second half, in whose middle one
  node was killed (-9) while a batch was being stored. The slowest batch then took ${second.slowest} s; ${refused.length === 0 ? 'no call failed' : `${refused.length} calls failed and were made again`}.
- After the kill, on the node that is left: every key there, and once. Health ${found.health}, so no copy is left to lose.
- The node came back: both copies of every shard in step after ${recovery} s (${copies.map(({ shard, docs }) => `shard ${shard}: ${docs.join(' and ')}`).join('; ')} vectors). Every key there, and once.
- Memory of the two processes at the end: ${memory.join(' and ')} MiB; on their disks ${(bytes / 1e9).toFixed(1)} GB, ${Math.round(bytes / 2 / count).toLocaleString('en')} bytes a vector and copy.

The node that was killed is not the manager. With two nodes the loss of the manager stops the cluster until it is back; whoever
must bear the loss of any node needs three that may become manager.

Load before and after: ${loads.join(' and ')}. The two nodes and what asks them share the cores. ${data.date}, commit ${data.commit}, ${machineLine(machine)}.
`,
  );
}

async function whenHealth(status, nodes = 1) {
  const wait = `wait_for_status=${status}&wait_for_nodes=ge(${nodes})&timeout=30s`;
  for (let tries = 0; tries < 40; tries++) {
    const answer = await fetch(`${cluster.nodes[0].url}/_cluster/health/failover?${wait}`).catch(() => undefined);
    const health = answer && (await answer.json());
    if (answer?.ok && !health.timed_out) return health.status;
    await pause(500);
  }
  throw new Error(`The cluster did not become ${status}.`);
}

/** Of all copies, as the server counts them. */
async function bytesOnDisk() {
  const answer = await fetch(`${cluster.nodes[0].url}/failover/_stats/store`);
  return (await answer.json())._all.total.store.size_in_bytes;
}

/** Documents of every copy of a shard: equal, or the copies are not in step. */
async function copiesOfShards() {
  await fetch(`${cluster.nodes[0].url}/failover/_refresh`, { method: 'POST' });
  const answer = await fetch(`${cluster.nodes[0].url}/_cat/shards/failover?format=json&h=shard,prirep,docs,node`);
  const copies = await answer.json();
  return [...new Set(copies.map(({ shard }) => shard))].sort().map((shard) => {
    const docs = copies.filter((copy) => copy.shard === shard).map((copy) => Number(copy.docs));
    if (docs.length !== 2 || docs[0] !== docs[1])
      throw new Error(`Copies of shard ${shard} hold ${docs.join(' and ')}.`);
    return { shard, docs };
  });
}

async function truthAmong(size) {
  const index = createExactIndex({ dimensions });
  await index.add(all.subarray(0, size), { data: stored.data.subarray(0, size * dimensions), count: size });
  const found = await index.search(queries, 100);
  await index.close();
  return found;
}

/** A hit counts by its score: keys of equal vectors may stand for each other. */
function recallOf(found, wanted, k) {
  let right = 0;
  found.forEach(({ scores }, query) => {
    const least = wanted[query].scores[k - 1] - 1e-5;
    right += scores.filter((score) => score >= least).length;
  });
  return Number((right / (k * found.length)).toFixed(4));
}

function rowsFrom(row, rows) {
  return { data: queries.data.subarray(row * dimensions, (row + rows) * dimensions), count: rows };
}

function readRows(path, from, rows) {
  const file = openSync(path, 'r');
  const total = Math.floor(fstatSync(file).size / dimensions / 4);
  if (rows + (from < 0 ? 0 : probes) > total) throw new Error(`${path} holds ${total} rows: too few.`);
  const data = new Float32Array(rows * dimensions);
  readSync(file, Buffer.from(data.buffer), 0, data.byteLength, (from < 0 ? total + from : from) * dimensions * 4);
  closeSync(file);
  return { data, count: rows };
}

function seconds(since) {
  return Number(((performance.now() - since) / 1000).toFixed(1));
}

function residentMiB(pid) {
  const kilobytes = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
