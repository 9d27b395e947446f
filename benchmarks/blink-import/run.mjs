// How long the import of BLINK's models takes, and in how much memory: random weights of BERT-large's sizes.
//   python3 -m pip install -r benchmarks/blink-import/requirements.txt
//   npm run build && npx referent setup && node benchmarks/blink-import/run.mjs [--python python3] [--folder FOLDER]
// Writes 13 GB into the system's temporary folder and deletes them; what was stopped goes on with --folder. Once each: the files are
// large and the figures coarse.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultCacheFolder } from '@referent/runtime';
import { currentLoad, describeMachine, measuredCommit } from '../shared/machine.mjs';
import { commandLine, root, run } from '../shared/referent.mjs';
import { machineLine, markdownTable, writeResults } from '../shared/results.mjs';

const { values: options } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, folder: { type: 'string' } },
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'blink-import-')));
const at = (name) => join(folder, name);
const entityCount = 16;
const towers = ['mention', 'entity', 're-ranker'];
const engine = ['--engine', 'cpu', '--precision', 'float32', '--cache', at('cache'), '--quiet'];
const catalogue = ['--entity-catalogue', at('entity.jsonl'), '--model', at('model'), '--out', at('kb'), '--replace'];

let done = 0;
/** What was measured so far; with --folder, a run that was stopped goes on. */
const state = JSON.parse(await readFile(at('state.json'), 'utf8').catch(() => '{"figures":[],"loads":[]}'));

if (state.figures.length === 0) await prepare();
await step(async () => importBoth('legacy'));
await step(() =>
  measure(`one batch of ${entityCount} entities, first use`, [
    'import',
    'blink',
    ...catalogue,
    '--backend',
    'exact',
    ...engine,
  ]),
);
await step(async () => importBoth('zip'));
if (state.legacy !== state.zip) throw new Error('The two serializations were imported as different weights.');
const result = {
  date: new Date().toISOString().slice(0, 10),
  command: 'node benchmarks/blink-import/run.mjs',
  commit: measuredCommit(root),
  machine: describeMachine(),
  load: { lowest: Math.min(...state.loads), highest: Math.max(...state.loads) },
  figures: state.figures,
};
writeResults('blink-import', result, format(result));
await rm(folder, { recursive: true });

/** Does a step that has no figure yet, and keeps its figure. */
async function step(work) {
  if (done++ < state.figures.length) return;
  state.figures.push(await work());
  state.loads.push(currentLoad());
  await writeFile(at('state.json'), JSON.stringify(state));
}

async function importBoth(serialization) {
  await run(options.python, [here('make.py'), folder, serialization]);
  const figures = await measure(`import of both models, ${serialization}`, [
    ...['import', 'blink', '--vocab', at('vocab.txt'), '--out', at('model'), '--replace', '--quiet'],
    ...['--biencoder-model', at('biencoder.bin'), '--biencoder-config', at('biencoder.json')],
    ...['--crossencoder-model', at('crossencoder.bin'), '--crossencoder-config', at('crossencoder.json')],
  ]);
  let bytes = 0;
  for (const file of ['biencoder.bin', 'crossencoder.bin']) {
    bytes += (await stat(at(file))).size;
    await rm(at(file));
  }
  const hashes = await Promise.all(towers.map((tower) => hashOf(at(`model/${tower}/model.safetensors`))));
  state[serialization] = hashes.join();
  return { ...figures, bytes };
}

/** Configurations as BLINK's, a vocabulary of the right size, a few entities, a cache with the user's engine. */
async function prepare() {
  const lengths = { bert_model: 'bert-large-uncased', max_context_length: 32, max_cand_length: 128, lowercase: true };
  await writeFile(at('biencoder.json'), JSON.stringify({ ...lengths, add_linear: false, out_dim: 100 }));
  const cross = { ...lengths, add_linear: true, out_dim: 1, max_seq_length: 160 };
  await writeFile(at('crossencoder.json'), JSON.stringify(cross));
  const special = ['[PAD]', '[unused0]', '[unused1]', '[unused2]', '[UNK]', '[CLS]', '[SEP]'];
  const words = Array.from({ length: 30522 - special.length }, (_, i) => `w${i}`);
  await writeFile(at('vocab.txt'), [...special, ...words].join('\n'));
  const text = (from, count) =>
    Array.from({ length: count }, (_, i) => `w${(from * 97 + i * 13) % words.length}`).join(' ');
  const lines = (count, record) => Array.from({ length: count }, (_, i) => JSON.stringify(record(i))).join('\n');
  const url = 'https://en.wikipedia.org/wiki?curid=';
  await writeFile(
    at('entity.jsonl'),
    lines(entityCount, (i) => ({ idx: url + i, title: text(i, 2), entity: text(i, 2), text: text(i + 50, 60) })),
  );
  const cache = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
  await mkdir(at('cache'));
  for (const name of ['engines', 'measurements.json']) await symlink(join(cache, name), at(`cache/${name}`));
}

async function measure(name, args) {
  const child = spawn(process.execPath, ['--import', here('peak.mjs'), commandLine, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let output = '';
  child.stdio[3].setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`referent ${args.slice(0, 2).join(' ')} ended with ${code}`);
  console.error(`${name}: ${output}`);
  return { name, ...JSON.parse(output) };
}

async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function format({ date, command, commit, machine, load, figures }) {
  const table = markdownTable([
    ['', 'files', 'time', 'peak memory'],
    ...figures.map(({ name, bytes, seconds, peakBytes }) => [
      name,
      bytes === undefined ? '' : `${(bytes / 1e9).toFixed(2)} GB`,
      `${seconds.toFixed(0)} s`,
      `${(peakBytes / 1e6).toFixed(0)} MB`,
    ]),
  ]);
  return `# Importing BLINK's models

\`${command}\`, ${date}, commit ${commit}. Once each, every line a process of its own, from its start to its end.
${machineLine(machine)}. Load: ${load.lowest} to ${load.highest}.${
    load.lowest > machine.cores
      ? ' **Other work held the cores and the disk: the times are too long, the memory is right.**'
      : ''
  }

${table}

Random weights in the shapes of \`biencoder_wiki_large.bin\` (two towers) and \`crossencoder_wiki_large.bin\`, float32, contexts of 32 tokens and candidates of 128. Both serializations gave the
same weights, byte for byte. *peak memory*: all of the process; of a use, the weights that TensorFlow maps from the disk are counted too, although the system can take them back.
The first use also writes the graphs of the three encoders (4 GB) into the cache.
`;
}
