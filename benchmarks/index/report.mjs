import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';

/** results/NAME.json and NAME.md of what run.mjs measured. */
export function writeReport(name, { machine, commit, vectors, results, ks, wanted, rounds, visits }) {
  const { count, dimensions } = vectors;
  const mega = (bytes) => (bytes ? (bytes / 1e6).toFixed(0) : '-');
  const rate = (value) => (value ? value.toPrecision(3).replace(/e\+(\d+)/, (_, e) => `e${e}`) : '-');
  const whole = (value) => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '-');
  const built = markdownTable([
    ['index', 'vectors/s', 'vectors per s of processor time', 'build peak MB', 'search peak MB', 'disk MB', 'load'],
    ...results.map((result) => [
      result.name,
      whole(count / result.buildSeconds),
      whole(count / result.buildCpuSeconds),
      mega(result.buildPeakBytes),
      mega(result.searchPeakBytes),
      mega(result.diskBytes),
      result.buildLoad ?? '-',
    ]),
  ]);
  const searched = (k) =>
    markdownTable([
      [
        'index',
        'setting',
        `recall@${k}`,
        'queries/s',
        'queries per s of processor time',
        'first pass, queries/s',
        'p50 ms',
        'p99 ms',
        'load',
      ],
      ...results.flatMap(({ name: index, points, searchLoad }) =>
        points
          .filter((point) => point.k === k)
          .map((point) => [
            index,
            point.expansionSearch ?? '-',
            point.recall.toFixed(4),
            whole(point.queriesPerSecond),
            whole(point.queriesPerCpuSecond),
            whole(point.firstQueriesPerSecond),
            rate(point.p50),
            rate(point.p99),
            searchLoad ?? '-',
          ]),
      ),
    ]);
  const equal = (k) => {
    const rows = results
      .map(({ name: index, points, buildCpuSeconds, buildSeconds }) => ({
        index,
        buildCpuSeconds,
        buildSeconds,
        ...atRecall(
          points.filter((point) => point.k === k),
          wanted,
        ),
      }))
      .filter(({ perSecond }) => perSecond);
    const peers = rows.filter(({ index }) => index.startsWith('faiss-hnsw-'));
    const peer = peers.find(({ index }) => index.startsWith('faiss-hnsw-128')) ?? peers[0];
    const times = (a, b) => (a && b ? `${(a / b).toFixed(2)}x` : '-');
    return markdownTable([
      [
        'index',
        'queries/s',
        'per s of processor time',
        `against ${peer?.index ?? 'FAISS'}`,
        'by processor time',
        'build time against it',
      ],
      ...rows.map((row) => [
        row.index,
        whole(row.perSecond),
        whole(row.perCpu),
        times(row.perSecond, peer?.perSecond),
        times(row.perCpu, peer?.perCpu),
        times(row.buildCpuSeconds, peer?.buildCpuSeconds),
      ]),
    ]);
  };
  const sections = ks.map(
    (k) => `## The best ${k}

![Recall@${k} over queries per second](${name}-recall${k}.svg)

At recall@${k} = ${wanted}, between the two nearest settings (or at the first, where that is better already); build time by processor time:

${equal(k)}

${searched(k)}`,
  );
  const report = `# Indexes: ${count.toLocaleString('en')} x ${dimensions}

${vectors.described}
Made by \`node benchmarks/index/run.mjs --name ${name}\`, ${new Date().toISOString().slice(0, 10)}. Every index in a process of its own, 2 threads. Queries per second: all
queries in one call, the fastest of ${rounds * visits} passes in ${visits} visits, the indexes in turns (one pass and visit for those that compare everything); before each visit a pass that does not count, for it meets pages
that are not mapped yet and files that are not in memory. p50 and p99: one query at a time, the best visit. The setting
is \`expansionSearch\` (FAISS: efSearch; PostgreSQL: ef_search; LanceDB: probes). Quantized usearch scores again with the float32 vectors, read from a
file; \`usearch-rough\` is the same graph without. FAISS is ${results.find(({ version }) => version)?.version ?? 'not measured'}: hnsw-M-efConstruction.

${sections.join('\n\n')}

## Building

${built}

Memory is the peak of the process, pages of mapped files included. \`pglite\` is PostgreSQL as WebAssembly, in one thread, \`postgres\` a server beside: what it needs is not counted.

${machineLine(machine)}. Commit ${commit}. "load" is the work waiting for the ${machine.cores} cores when the measurement began: above ${machine.cores} wall times are
too long, and processor time, which hardly feels what else runs, is what to compare.`;
  writeResults(name, { machine, commit, vectors, results }, report);
}

/** Queries per second where recall is `wanted`: between two settings, log-linear; the fastest that has it, where all have. */
function atRecall(points, wanted) {
  const sorted = points.toSorted((a, b) => a.recall - b.recall);
  const after = sorted.findIndex(({ recall }) => recall >= wanted);
  if (after < 0) return {};
  const [high, low] = [sorted[after], sorted[after - 1]];
  if (!low) return { perSecond: high.queriesPerSecond, perCpu: high.queriesPerCpuSecond };
  const share = (wanted - low.recall) / (high.recall - low.recall);
  const between = (a, b) => (a && b ? Math.exp(Math.log(a) * (1 - share) + Math.log(b) * share) : undefined);
  return {
    perSecond: between(low.queriesPerSecond, high.queriesPerSecond),
    perCpu: between(low.queriesPerCpuSecond, high.queriesPerCpuSecond),
  };
}
