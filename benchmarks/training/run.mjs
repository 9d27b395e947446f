// Tokens per second of a training step, against PyTorch on the same machine in the same run.
//   npm run build && node benchmarks/training/run.mjs FOLDER --python PYTHON [--rounds 3] [--pairs 64] [--length 64]
// FOLDER holds all-MiniLM-L6-v2 (config.json, model.safetensors); PYTHON has torch and safetensors.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { root, run } from '../shared/referent.mjs';
import { machineLine, markdownTable, median, writeResults } from '../shared/results.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    pairs: { type: 'string', default: '64' },
    length: { type: 'string', default: '64' },
    dropout: { type: 'string', default: '0.1' },
    threads: { type: 'string' },
  },
});
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const settings = ['steps', 'pairs', 'length', 'dropout', ...(values.threads ? ['threads'] : [])].flatMap((name) => [
  `--${name}`,
  values[name],
]);
const contestants = {
  Referent: [process.execPath, [script('step-referent.mjs'), positionals[0], ...settings]],
  PyTorch: [values.python, [script('step-pytorch.py'), positionals[0], ...settings]],
};
const steps = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
const loads = [];
for (let round = 0; round < Number(values.rounds); round++) {
  loads.push(currentLoad());
  for (const [name, [program, args]] of Object.entries(contestants)) {
    const lines = (await run(program, args)).trim().split('\n').map(JSON.parse);
    // The first step of a process allocates its memory.
    steps[name].push(...lines.slice(1));
  }
}
const figures = Object.fromEntries(
  Object.entries(steps).map(([name, list]) => [
    name,
    {
      seconds: median(list.map((it) => it.seconds)),
      tokensPerSecond: median(list.map((it) => it.tokensPerSecond)),
      tokensPerCpuSecond: median(list.map((it) => it.tokensPerCpuSecond)),
    },
  ]),
);
const share = (what) => figures.Referent[what] / figures.PyTorch[what];
const result = {
  date: new Date().toISOString().slice(0, 10),
  command: `node benchmarks/training/run.mjs FOLDER ${settings.join(' ')}`,
  commit: measuredCommit(root),
  machine: describeMachine(),
  load: { lowest: Math.min(...loads), highest: Math.max(...loads) },
  figures,
  share: { tokensPerSecond: share('tokensPerSecond'), tokensPerCpuSecond: share('tokensPerCpuSecond') },
  target: 0.7,
};
const report = [
  `# Training step: ${values.pairs} pairs of ${values.length} + ${values.length} tokens, dropout ${values.dropout}`,
  '',
  markdownTable([
    ['', 'seconds a step', 'tokens/s', 'tokens/s of processor time'],
    ...Object.entries(figures).map(([name, it]) => [name, it.seconds, it.tokensPerSecond, it.tokensPerCpuSecond]),
    ['share', '', share('tokensPerSecond').toFixed(2), share('tokensPerCpuSecond').toFixed(2)],
  ]),
  '',
  `Medians; load ${result.load.lowest} to ${result.load.highest}. ${machineLine(result.machine)}; \`${result.command}\`, commit ${result.commit}.`,
].join('\n');
writeResults('training', result, report);
console.error(report);
