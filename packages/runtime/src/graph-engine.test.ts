import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Program, TensorGraphSource } from '@referent/tensor-ops';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import type { GraphCache } from './graph-cache.js';
import { createGraphEngine } from './graph-engine.js';
import type { NativeTensorFlow, SavedModel } from './tensorflow.js';

const program: Program = {
  name: 'test',
  inputs: { x: { type: 'float32', shape: [null] } },
  build: (_, { x }) => ({ y: x! }),
};
const weights = { fingerprint: 'w', get: () => ({ shape: [], data: new Float32Array() }), has: () => false };
const input = { x: { shape: [2], data: Float32Array.of(1, 2) } };

/** TensorFlow as far as the engine uses it; the real one is tested in tests/engine. */
function prepare(load: () => Promise<SavedModel>) {
  const root = temporaryFolder();
  const discard = vi.fn(async () => {});
  const cache: GraphCache = {
    open: async () => {
      const folder = join(root, 'graph');
      mkdirSync(folder, { recursive: true });
      return { folder, temporary: true, discard };
    },
  };
  const tf = {
    node: { loadSavedModel: load },
    tidy: (work: () => void) => work(),
    tensor: (data: Float32Array, shape: number[]) => ({ shape, dataSync: () => data }),
  } as unknown as NativeTensorFlow;
  const warn = vi.fn();
  const engine = createGraphEngine({
    name: 'tfjs-node',
    tf,
    tensorflowVersion: '2.18.1',
    precision: 'float32',
    dialect: 'portable',
    cache,
    logger: { debug() {}, info() {}, warn },
  });
  return { engine, discard, warn };
}

function identity(dispose = () => {}): SavedModel {
  return { predict: ({ x }) => ({ y: x! }), dispose };
}

describe('createGraphEngine', () => {
  it('runs, frees the model once, and then says that it is closed', async () => {
    const dispose = vi.fn();
    const { engine, discard } = prepare(async () => identity(dispose));
    const executable = await engine.compile(program, weights);
    expect(await executable.run(input)).toEqual({ y: { shape: [2], data: input.x.data } });
    const running = executable.run(input);
    await Promise.all([executable.close(), executable.close(), engine.close(), engine.close()]);
    await running; // was asked for before the end
    expect(dispose).toHaveBeenCalledTimes(1);
    expect(discard).toHaveBeenCalledTimes(1);
    await expect(executable.run(input)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    await expect(engine.compile(program, weights)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
  });

  it('makes a graph anew that TensorFlow cannot read, and gives up the second time', async () => {
    const load = vi.fn(async () => identity()).mockRejectedValueOnce(new Error('damaged'));
    const { engine, discard, warn } = prepare(load);
    await engine.compile(program, weights);
    expect(discard).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
    const broken = prepare(() => Promise.reject(new Error('unknown operation')));
    await expect(broken.engine.compile(program, weights)).rejects.toMatchObject({
      code: 'ENGINE_GRAPH_FAILED',
      why: 'unknown operation',
    });
  });

  it.each([
    ['indices[0,5] = 99 is not in [0, 10)', undefined],
    ['OOM when allocating tensor with shape[4096]', 'Use smaller batches.'],
  ])('says which run failed: %s', async (message, fix) => {
    const failing: SavedModel = {
      ...identity(),
      predict: () => {
        throw new Error(message);
      },
    };
    const { engine } = prepare(async () => failing);
    const executable = await engine.compile(program, weights);
    const error = await executable.run(input).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ENGINE_RUN_FAILED', why: message, details: { shapes: { x: [2] } } });
    expect((error as { fix?: string }).fix).toBe(fix);
  });

  it('refuses wrong inputs and goes on', async () => {
    const { engine } = prepare(async () => identity());
    const executable = await engine.compile(program, weights);
    await expect(executable.run({})).rejects.toMatchObject({ code: 'PROGRAM_INVALID_INPUT' });
    expect(await executable.run(input)).toHaveProperty('y');
  });

  it('opens graphs from tensors to tensors, closes them with itself, and says which run failed', async () => {
    const dispose = vi.fn();
    const source: TensorGraphSource = { name: 'pass', inputs: program.inputs, build: (_, { x }) => ({ y: x! }) };
    const x = { shape: [2] } as unknown as Tensor;
    const { engine, discard } = prepare(async () => identity(dispose));
    const graph = await engine.openGraph(source);
    expect(graph.run({ x })).toEqual({ y: x });
    await engine.close();
    await graph.close();
    expect(dispose).toHaveBeenCalledTimes(1);
    expect(discard).toHaveBeenCalledTimes(1);
    expect(() => graph.run({ x })).toThrow(expect.objectContaining({ code: 'ENGINE_CLOSED' }));
    await expect(engine.openGraph(source)).rejects.toMatchObject({ code: 'ENGINE_CLOSED' });
    const failing = prepare(async () => ({
      ...identity(),
      predict() {
        throw new Error('OOM');
      },
    }));
    const opened = await failing.engine.openGraph(source);
    expect(() => opened.run({ x })).toThrow(
      expect.objectContaining({ code: 'ENGINE_RUN_FAILED', details: { program: 'pass', shapes: { x: [2] } } }),
    );
  });
});
