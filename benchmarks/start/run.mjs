// How long a person waits for the command line to start.
//   npm run build && node benchmarks/start/run.mjs [--runs 9] [--kb <a larger knowledge base>]
import { parseArgs } from 'node:util';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { commandLine, root } from '../shared/referent.mjs';
import { machineLine, markdownTable, median, writeResults } from '../shared/results.mjs';
import { timeProcess } from './time-process.mjs';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, kb: { type: 'string' } },
});
const runs = Number(options.runs);
const text = 'He painted by the Seine in [[Paris]] until 1889.';
const { execPath: node } = process;

const cases = [
  { name: 'node -e 0', command: [node, '-e', '0'] },
  { name: 'referent --help', command: [node, commandLine, '--help'], limit: { over: 'node -e 0', milliseconds: 150 } },
  { name: 'referent link', command: [node, commandLine, 'link', text], limit: { milliseconds: 3000 } },
  ...(options.kb
    ? [
        {
          name: 'referent link --kb <larger>',
          command: [node, commandLine, 'link', '--kb', options.kb, text],
          limit: { milliseconds: 3000 },
        },
      ]
    : []),
  { name: 'referent demo', command: [node, commandLine, 'demo'] },
  { name: 'npm run demo', command: ['npm', 'run', 'demo'], limit: { milliseconds: 5000, ofEnd: true } },
];

// The first run of each fills caches: of the disk, of graphs, of turbo.
for (const { command } of cases) await timeProcess(command, root);

const samples = new Map(cases.map(({ name }) => [name, []]));
const loads = [];
for (let run = 0; run < runs; run++) {
  loads.push(currentLoad());
  for (const { name, command } of cases) samples.get(name).push(await timeProcess(command, root));
}

const middle = (name, what) => median(samples.get(name).map((sample) => sample[what]));
const figures = cases.map(({ name, limit }) => {
  const firstOutput = middle(name, 'firstOutput');
  // Bare node prints nothing and npm prints its own lines first: there the end counts.
  const waited = limit?.over || limit?.ofEnd ? middle(name, 'end') : firstOutput;
  const counted = waited - (limit?.over ? middle(limit.over, 'end') : 0);
  return {
    name,
    firstOutput,
    end: middle(name, 'end'),
    fastestEnd: Math.min(...samples.get(name).map(({ end }) => end)),
    processor: middle(name, 'processor'),
    ...(limit && {
      counted,
      limit: limit.milliseconds,
      ...(limit.over && { over: limit.over }),
      met: counted < limit.milliseconds,
    }),
  };
});

const result = {
  date: new Date().toISOString().slice(0, 10),
  command: 'node benchmarks/start/run.mjs',
  commit: measuredCommit(root),
  machine: describeMachine(),
  runs,
  load: { lowest: Math.min(...loads), highest: Math.max(...loads) },
  figures,
  samples: Object.fromEntries(samples),
};
writeResults('start', result, formatReport(result));
console.error(formatReport(result));

function formatReport({ date, command, commit, machine, load }) {
  const milliseconds = (value) => (value === undefined || value === null ? '' : `${Math.round(value)} ms`);
  const target = ({ limit, over, counted, met }) =>
    limit === undefined ? '' : `${milliseconds(counted)}${over ? ' more' : ''} < ${limit} ms: ${met ? 'yes' : 'no'}`;
  const table = markdownTable([
    ['', 'first output', 'end', 'fastest', 'processor time', 'target'],
    ...figures.map((figure) => [
      figure.name,
      milliseconds(figure.firstOutput),
      milliseconds(figure.end),
      milliseconds(figure.fastestEnd),
      milliseconds(figure.processor),
      target(figure),
    ]),
  ]);
  return `# Starting the command line

\`${command}\`, ${date}, commit ${commit}. Medians of ${runs} runs, the commands in turns, after one run that fills the caches.
${machineLine(machine)}. Load while it ran: ${load.lowest} to ${load.highest}.

${table}

*first output*: the first byte on standard output, for \`link\` the answer. *processor time*: of the process and what it started, all cores together;
where it is well below *end*, other work held the cores. \`referent link\` uses the knowledge base of the demo (WordNet's 7,742 named entities).
`;
}
