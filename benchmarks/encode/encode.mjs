// Encoding speed of Referent against onnxruntime-node and PyTorch, all interleaved in one run.
//   npm run build && npx referent setup
//   (cd benchmarks/encode && npm install --ignore-scripts && python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
//     && .venv/bin/python export-onnx.py MODEL_FOLDER minilm.onnx)
//   node benchmarks/encode/encode.mjs --model MODEL_FOLDER --onnx benchmarks/encode/minilm.onnx --entities entities.jsonl [--python benchmarks/encode/.venv/bin/python] [--rounds 9] [--note TEXT]
// MODEL_FOLDER holds all-MiniLM-L6-v2; entities.jsonl has lines {"title", "text"}.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { defaultCacheFolder, startEngine } from '@referent/runtime';
import { createEagerEngine } from '@referent/tensor-ops';
import { createTokenizer, layoutEntity } from '@referent/tokenizer';
import { createTransformer, parseBertConfig, readSafetensors } from '@referent/transformer';
import { report } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    onnx: { type: 'string' },
    entities: { type: 'string' },
    python: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '2' },
    count: { type: 'string', default: '2000' },
    note: { type: 'string', default: '' },
  },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const ort = createRequire(new URL('./package.json', import.meta.url))('onnxruntime-node');
const read = (file) => readFileSync(join(options.model, file));
const config = parseBertConfig(read('config.json').toString());
const weights = readSafetensors(read('model.safetensors'));
const head = { pooling: 'mean', normalize: true };
const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
const start = (precision) => startEngine({ engine: 'cpu', precision, cacheFolder, threads });

const float32 = await start('float32');
const auto = await start('auto');
const bfloat16 = await start('bfloat16');
const engines = { 'Referent graph, float32': float32, 'Referent graph, bfloat16': bfloat16 };
engines['Referent eager, float32'] = createEagerEngine({ tf: float32.tf });
const transformers = {};
for (const [name, engine] of Object.entries(engines)) {
  transformers[name] = await createTransformer({ config, weights, engine, head });
}
const session = await ort.InferenceSession.create(options.onnx, { intraOpNumThreads: threads, interOpNumThreads: 1 });
const onnxName = 'onnxruntime-node, float32';

/** Ids row after row, padded to `length`, as onnxruntime takes them. */
async function runOnnx(sequences, length) {
  const size = sequences.length * length;
  const [ids, mask] = [new BigInt64Array(size), new BigInt64Array(size)];
  for (const [row, { ids: tokens }] of sequences.entries()) {
    for (const [t, id] of tokens.entries()) {
      ids[row * length + t] = BigInt(id);
      mask[row * length + t] = 1n;
    }
  }
  const tensor = (data) => new ort.Tensor('int64', data, [sequences.length, length]);
  const { states } = await session.run({
    ids: tensor(ids),
    segments: tensor(new BigInt64Array(size)),
    mask: tensor(mask),
  });
  return states.data;
}

async function startTorch(ids) {
  const folder = mkdtempSync(join(tmpdir(), 'encode-benchmark-'));
  const file = join(folder, 'ids.json');
  writeFileSync(file, JSON.stringify(ids));
  const script = new URL('./torch-worker.py', import.meta.url).pathname;
  const child = spawn(options.python, [script, options.model, file, String(threads)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the PyTorch worker ended: run torch-worker.py by hand to see why');
    return JSON.parse(value);
  };
  const versions = await next();
  return {
    versions,
    async time() {
      child.stdin.write('\n');
      return next();
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}

async function time(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}

/** Each contender once a round, so that whatever else the machine does falls on all of them. */
async function interleave(contenders, count) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < count; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      const result = await contender();
      if (round >= 0) times[name].push(result); // the first round warms up
    }
    process.stderr.write(`round ${round + 1} of ${count}\n`);
  }
  return times;
}

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const square = Array.from({ length: 32 }, () => ({
  ids: Array.from({ length: 128 }, () => 1000 + Math.floor(random() * 25_000)),
}));
const contenders = Object.fromEntries(
  Object.entries(transformers).map(([name, transformer]) => [name, () => time(() => transformer.encode(square))]),
);
contenders[onnxName] = () => time(() => runOnnx(square, 128));
const torch = options.python ? await startTorch(square.map(({ ids }) => ids)) : undefined;
if (torch) contenders['PyTorch, float32'] = () => torch.time();
const squareTimes = await interleave(contenders, rounds);
torch?.close();

const tokenizer = createTokenizer({ tokenizerJson: read('tokenizer.json').toString() });
const lines = readFileSync(options.entities, 'utf8').trimEnd().split('\n');
const step = Math.max(1, Math.floor(lines.length / Number(options.count)));
const sequences = lines
  .filter((_, i) => i % step === 0)
  .slice(0, Number(options.count))
  .map((line) => layoutEntity(tokenizer, JSON.parse(line), { layout: 'separated', maximumLength: 128 }));
const chosen = new Set(['Referent graph, float32', `Referent graph, ${auto.info.precision}`]);
const entityTimes = await interleave(
  {
    ...Object.fromEntries([...chosen].map((name) => [name, () => time(() => transformers[name].encode(sequences))])),
    [`${onnxName}, each padded to 128`]: () =>
      time(async () => {
        for (let i = 0; i < sequences.length; i += 32) await runOnnx(sequences.slice(i, i + 32), 128);
      }),
  },
  Math.max(3, Math.floor(rounds / 3)),
);
const tokens = sequences.reduce((sum, { ids }) => sum + ids.length, 0);

report({
  versions: {
    node: process.versions.node,
    tensorflow: float32.info.tensorflowVersion,
    tfjs: float32.info.tfjsVersion,
    'onnxruntime-node': createRequire(new URL('./package.json', import.meta.url))('onnxruntime-node/package.json')
      .version,
    ...torch?.versions,
  },
  cpu: cpus()[0].model,
  threads,
  rounds,
  note: options.note,
  auto: { precision: auto.info.precision, reason: auto.info.precisionReason },
  peer: onnxName,
  square: { tokens: 32 * 128, times: squareTimes },
  entities: { count: sequences.length, tokens, meanTokens: tokens / sequences.length, times: entityTimes },
});
process.exit(0);
