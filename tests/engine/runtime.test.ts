/** The engine that `referent setup` built: its graphs against the same program run eagerly, and its manners. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doctorFacts, type StartedEngine, startEngine } from '@referent/runtime';
import { createEagerEngine, type Precision, type Program, type WeightSource } from '@referent/tensor-ops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cosine, largestDifference, cacheFolder as realCache } from './start.js';

/** Word vectors, a dense layer, a layer norm: [B, T] to [B, T, 32]. */
const program: Program = {
  name: 'engine test',
  inputs: { ids: { type: 'int32', shape: [null, null] } },
  build(ops, { ids }) {
    const words = ops.gather(ops.weight('words'), ids!);
    const hidden = ops.dense(words, { weight: 'dense', bias: 'bias' }, 'gelu');
    return { vectors: ops.layerNorm(hidden, ops.weight('gamma'), ops.weight('bias'), 1e-12) };
  },
};

const shapes: Readonly<Record<string, readonly [number, ...number[]]>> = {
  words: [50, 24],
  dense: [32, 24],
  bias: [32],
  gamma: [32],
};

function weightsOf(seed: number): WeightSource {
  return {
    fingerprint: `engine test ${seed}`,
    has: (name) => name in shapes,
    get(name) {
      const shape = shapes[name]!;
      let state = seed + name.length;
      const length = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length }, () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647 - 0.5;
      });
      return { shape, data };
    },
  };
}

const weights = weightsOf(1);

function idsOf(rows: number, columns: number) {
  return { ids: { shape: [rows, columns], data: Int32Array.from({ length: rows * columns }, (_, i) => (i * 7) % 50) } };
}

/** The engine of the real cache, with graphs of its own. */
let cacheFolder: string;
let engine: StartedEngine | undefined;

beforeEach(() => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'referent-engine-'));
  symlinkSync(join(realCache, 'engines'), join(cacheFolder, 'engines'));
});

afterEach(async () => {
  await engine?.close();
  engine = undefined;
  rmSync(cacheFolder, { recursive: true, force: true });
});

async function start(precision: Precision | 'auto' = 'float32'): Promise<StartedEngine> {
  engine = await startEngine({ engine: 'cpu', precision, cacheFolder });
  return engine;
}

describe('the engine that was set up', () => {
  it('computes as a graph what it computes eagerly', async () => {
    const { tf, ...graphEngine } = await start();
    const graph = await graphEngine.compile(program, weights);
    const eager = await createEagerEngine({ tf }).compile(program, weights);
    for (const inputs of [idsOf(1, 1), idsOf(3, 5), idsOf(2, 40)]) {
      const [{ vectors: fast }, { vectors: slow }] = await Promise.all([graph.run(inputs), eager.run(inputs)]);
      expect(fast!.shape).toEqual(slow!.shape);
      expect(largestDifference(fast!.data, slow!.data)).toBeLessThan(1e-5);
    }
  });

  it('stays close in bfloat16', async () => {
    const { tf, ...graphEngine } = await start('bfloat16');
    const graph = await graphEngine.compile(program, weights);
    const eager = await createEagerEngine({ tf }).compile(program, weights);
    const [{ vectors: fast }, { vectors: slow }] = await Promise.all([graph.run(idsOf(4, 9)), eager.run(idsOf(4, 9))]);
    expect(cosine(fast!.data, slow!.data)).toBeGreaterThan(0.9995);
    expect(largestDifference(fast!.data, slow!.data)).toBeGreaterThan(0);
  });

  it('answers overlapping calls, each with its own result, and frees every tensor', async () => {
    const { tf, compile } = await start();
    const graph = await compile(program, weights);
    await graph.run(idsOf(1, 2));
    const before = tf.memory().numTensors;
    const sizes = [5, 1, 3, 2, 4];
    const together = await Promise.all(sizes.map((size) => graph.run(idsOf(size, size))));
    for (const [i, size] of sizes.entries()) {
      expect(together[i]!.vectors!.shape).toEqual([size, size, 32]);
      const alone = await graph.run(idsOf(size, size));
      expect(together[i]!.vectors!.data).toEqual(alone.vectors!.data);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets other work have its turn between runs', async () => {
    const graph = await (await start()).compile(program, weights);
    const order: string[] = [];
    const runs = [1, 2].map((number) => graph.run(idsOf(2, 2)).then(() => order.push(`run ${number}`)));
    setImmediate(() => order.push('other work'));
    await Promise.all(runs);
    expect(order.indexOf('other work')).toBeLessThan(order.indexOf('run 2'));
  });

  it('takes a prepared graph from the cache, and makes a damaged one anew', async () => {
    const { compile } = await start();
    const graphs = join(cacheFolder, 'graphs');
    const first = await compile(program, weights);
    const expected = (await first.run(idsOf(2, 3))).vectors!.data;
    const [name] = readdirSync(graphs);
    const marker = join(graphs, name!, 'graph.json');
    writeFileSync(marker, `${readFileSync(marker, 'utf8')} `); // a graph made anew would lose the space
    const { fingerprint, has } = weights;
    const unread: WeightSource = {
      fingerprint,
      has,
      get(weight) {
        throw new Error(`${weight} was read`);
      },
    };
    const second = await compile(program, unread);
    expect((await second.run(idsOf(2, 3))).vectors!.data).toEqual(expected);
    expect(readFileSync(marker, 'utf8').endsWith(' ')).toBe(true);
    await first.close();
    await second.close();

    const model = join(graphs, name!, 'saved_model.pb');
    writeFileSync(model, readFileSync(model).fill(255));
    const third = await compile(program, weights);
    expect((await third.run(idsOf(2, 3))).vectors!.data).toEqual(expected);
    expect(readFileSync(marker, 'utf8').endsWith(' ')).toBe(false);
  });

  it('keeps graphs with different weights apart', async () => {
    const { compile } = await start();
    const results = await Promise.all(
      [1, 2].map(async (seed) => (await (await compile(program, weightsOf(seed))).run(idsOf(1, 2))).vectors!.data),
    );
    expect(largestDifference(results[0]!, results[1]!)).toBeGreaterThan(0.01);
  });

  it('says which run failed, and goes on', async () => {
    const { compile } = await start();
    const graph = await compile(program, weights);
    const wrong = graph.run({ ids: { shape: [1, 1], data: Int32Array.of(50) } });
    await expect(wrong).rejects.toMatchObject({ code: 'ENGINE_RUN_FAILED', why: expect.stringContaining('50') });
    expect((await graph.run(idsOf(1, 1))).vectors!.shape).toEqual([1, 1, 32]);
    await graph.close();
    await graph.close();
    await expect(graph.run(idsOf(1, 1))).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
  });

  it('measures once which precision is faster here', async () => {
    const { info } = await start('auto');
    expect(info.tensorflowVersion).toBe('2.18.1');
    expect(info.measurement!.float32Gflops).toBeGreaterThan(0);
    await engine!.close();
    expect((await start('auto')).info.measurement).toEqual(info.measurement);
  });

  it('is what doctor reports', async () => {
    const report = await doctorFacts({ engine: 'cpu', cacheFolder });
    expect(report.chosen).toMatchObject({ kind: 'tfjs-node', source: 'cache', gpu: false });
    expect(report.engines[0]).not.toHaveProperty('defect');
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('writes nothing on the screen, from loading to the first result', () => {
    const script = `
      import { startEngine } from ${JSON.stringify(fileURLToPath(new URL('../../packages/runtime/dist/index.js', import.meta.url)))};
      const engine = await startEngine({ engine: 'cpu', precision: 'auto', cacheFolder: ${JSON.stringify(cacheFolder)} });
      await engine.close();`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
