// How long reading and converting a PyTorch checkpoint takes, and in how much memory.
//   python3 -m pip install -r benchmarks/torch-checkpoint/requirements.txt
//   npm run build && node benchmarks/torch-checkpoint/run.mjs [--runs 3] [--python python3]
// Writes 6 GB into the system's temporary folder and deletes them.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { root, run } from '../shared/referent.mjs';
import { machineLine, markdownTable, median, writeResults } from '../shared/results.mjs';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, python: { type: 'string', default: 'python3' } },
});
const runs = Number(options.runs);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'torch-checkpoint-'));
const at = (name) => join(folder, name);
const cases = ['zip', 'legacy'].flatMap((serialization) => [
  {
    name: `BERT-large to safetensors, ${serialization}`,
    args: ['convert', at(`bert.${serialization}.bin`), at(`bert.${serialization}.safetensors`)],
  },
  { name: `[200000, 1024] by blocks of rows, ${serialization}`, args: ['rows', at(`rows.${serialization}.t7`)] },
]);

try {
  await run(options.python, [here('make.py'), 'make', folder]);
  const loads = [];
  const samples = new Map(cases.map(({ name }) => [name, []]));
  for (let i = 0; i < runs; i++) {
    loads.push(currentLoad());
    for (const { name, args } of cases) {
      samples.get(name).push(JSON.parse(await run(process.execPath, [here('work.mjs'), ...args])));
    }
  }
  await check();
  const figures = cases.map(({ name }) => {
    const all = samples.get(name);
    const seconds = median(all.map((sample) => sample.seconds));
    return {
      name,
      bytes: all[0].bytes,
      openMilliseconds: median(all.map((sample) => sample.openMilliseconds)),
      seconds,
      bytesPerSecond: all[0].bytes / seconds,
      peakBytes: Math.max(...all.map((sample) => sample.peakBytes)),
    };
  });
  const result = {
    date: new Date().toISOString().slice(0, 10),
    command: `node benchmarks/torch-checkpoint/run.mjs --runs ${runs}`,
    commit: measuredCommit(root),
    machine: describeMachine(),
    runs,
    load: { lowest: Math.min(...loads), highest: Math.max(...loads) },
    figures,
  };
  writeResults('torch-checkpoint', result, format(result));
} finally {
  await rm(folder, { recursive: true });
}

/** Both serializations hold the same weights, so both conversions are the same file; Python compares one of them. */
async function check() {
  await run(options.python, [here('make.py'), 'check', folder]);
  const [zip, legacy] = await Promise.all(['zip', 'legacy'].map((it) => hashOf(at(`bert.${it}.safetensors`))));
  if (zip !== legacy) throw new Error('The two serializations were converted to different files.');
}

async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function format({ date, command, commit, machine, load, figures }) {
  const table = markdownTable([
    ['', 'size', 'open', 'time', 'speed', 'peak memory'],
    ...figures.map(({ name, bytes, openMilliseconds, seconds, bytesPerSecond, peakBytes }) => [
      name,
      `${(bytes / 1e9).toFixed(2)} GB`,
      `${openMilliseconds.toFixed(0)} ms`,
      `${seconds.toFixed(1)} s`,
      `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`,
      `${(peakBytes / 1e6).toFixed(0)} MB`,
    ]),
  ]);
  return `# Reading PyTorch checkpoints

\`${command}\`, ${date}, commit ${commit}. Medians of the times and the highest peak of ${figures.length > 0 ? runs : 0} runs, each in a process of its own.
${machineLine(machine)}. Load while it ran: ${load.lowest} to ${load.highest}.${
    load.lowest > machine.cores
      ? ' **Other work held the cores and the disk: the times are too long, the memory is right.**'
      : ''
  }

${table}

Random weights of BERT-large's shapes (391 tensors, float32), and a float32 matrix as in BLINK's \`all_entities_large.t7\` at a thirtieth of its rows. *open*: until names, shapes and types are
known. *time*: reading all of it and, for safetensors, writing it to the disk and waiting until it is there. *peak memory*: all of the process, Node's own 45 MB included.
The files had been written just before, so much of them came from the system's cache. Afterwards Python's safetensors and PyTorch compared every tensor, and both serializations gave the same file.
`;
}
