// One training step after the other, timed: the bi-encoder of step-pytorch.py with @referent/training.
//   node benchmarks/training/step-referent.mjs FOLDER [--pairs 64] [--length 64] [--steps 5] [--dropout 0.1] [--threads N] [--eager]
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '64' },
    length: { type: 'string', default: '64' },
    steps: { type: 'string', default: '5' },
    dropout: { type: 'string', default: '0.1' },
    threads: { type: 'string' },
    'chunk-tokens': { type: 'string', default: '2048' },
    'kept-tokens': { type: 'string', default: '8192' },
    eager: { type: 'boolean', default: false },
  },
});
const [pairs, length, steps, dropout] = ['pairs', 'length', 'steps', 'dropout'].map((name) => Number(values[name]));

const { defaultCacheFolder, startEngine } = await import('@referent/runtime');
const { createAdamW, createRandom, createTower, inBatchLoss, lossGradients, openLayerGraphs } = await import(
  '@referent/training'
);
const { parseBertConfig, readSafetensors } = await import('@referent/transformer');
const cacheFolder = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const engine = await startEngine({ cacheFolder, precision: 'float32', ...threads });
const { tf } = engine;

const file = (name) => readFileSync(join(positionals[0], name));
const config = parseBertConfig(file('config.json').toString());
const tower = createTower({
  tf,
  name: 'encoder',
  config,
  weights: readSafetensors(file('model.safetensors'), { prefix: 'bert.' }),
  head: { pooling: 'mean', normalize: true },
  frozen: { embeddings: true },
  graphs: values.eager ? undefined : await openLayerGraphs(engine, config),
});
const optimizer = createAdamW({ tf, variables: tower.variables });
const targets = { columns: Int32Array.from({ length: pairs }, (_, i) => i), alsoRight: new Float32Array(pairs ** 2) };
for (let step = 0; step < steps; step++) {
  const random = createRandom('batch', step);
  const sequences = () =>
    Array.from({ length: pairs }, () => ({
      ids: Array.from({ length }, () => 1000 + random.integer(19_000)),
    }));
  const parts = [
    { tower, sequences: sequences() },
    { tower, sequences: sequences() },
  ];
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { loss, gradients, tokens } = await lossGradients({
    tf,
    parts,
    loss: (vectors) => inBatchLoss(tf, vectors, targets, { temperature: 0.05, symmetric: false }),
    dropoutRate: dropout,
    random,
    chunkTokens: Number(values['chunk-tokens']),
    keptTokens: Number(values['kept-tokens']),
  });
  await optimizer.step(gradients, 1e-5);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  console.log(
    JSON.stringify({
      step,
      seconds: Number(seconds.toFixed(2)),
      cpuSeconds: Number(cpuSeconds.toFixed(2)),
      tokensPerSecond: Math.round(tokens / seconds),
      tokensPerCpuSecond: Math.round(tokens / cpuSeconds),
      loss: Number(loss.toFixed(4)),
      memoryGiB: Number((process.memoryUsage().rss / 2 ** 30).toFixed(2)),
    }),
  );
}
