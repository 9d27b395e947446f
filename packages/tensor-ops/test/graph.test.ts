import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createEagerEngine,
  emitSavedModel,
  emitTensorGraph,
  type GraphOptions,
  graphFingerprint,
  type Tensor,
} from '../src/index.js';
import { bytesAt, fieldsOf, numberAt, readSavedModel } from './read-graph.js';
import { runGraph } from './run-graph.js';
import { sampleInputs, sampleProgram, sampleShapes, sampleWeights } from './sample-program.js';

const weights = sampleWeights(sampleShapes);
const options = { program: sampleProgram, weights };

function bytesOf(given: GraphOptions): Uint8Array {
  const model = emitSavedModel(given);
  const bytes = Buffer.concat([...model]);
  expect(bytes.length).toBe(model.byteLength);
  return bytes;
}

function toTensor({ shape, data }: Tensor): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('emitSavedModel', () => {
  beforeAll(() => tf.setBackend('cpu'));

  for (const dialect of ['portable', 'onednn'] as const) {
    it(`computes what the eager operations compute (${dialect})`, async () => {
      const graph = readSavedModel(bytesOf({ ...options, dialect }));
      const eager = await createEagerEngine({ tf }).compile(sampleProgram, weights);
      for (const lengths of [[1], [5], [3, 5, 1], [4, 4]]) {
        const inputs = sampleInputs(lengths, 5);
        const expected = await eager.run(inputs);
        const given = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, toTensor(input)]));
        const found = runGraph(graph, given);
        for (const [name, { shape, data }] of Object.entries(expected)) {
          expect(found[name]!.shape).toEqual(shape);
          expect(largestDifference(found[name]!.dataSync(), data)).toBeLessThan(1e-5);
        }
      }
    });
  }

  it('computes the same with its weights in files', async () => {
    const model = emitSavedModel({ ...options, weightFile: (number) => `weights/${number}` });
    const files = new Map(model.files.map(({ path, bytes }) => [path, bytes()]));
    expect(files.size).toBe(Object.keys(sampleShapes).length);
    const graph = readSavedModel(Buffer.concat([...model]));
    const inputs = sampleInputs([3, 5]);
    const given = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, toTensor(input)]));
    const expected = runGraph(readSavedModel(bytesOf(options)), given);
    const found = runGraph(graph, given, files);
    for (const [name, tensor] of Object.entries(expected)) expect(found[name]!.dataSync()).toEqual(tensor.dataSync());
  });

  it('names inputs and outputs as the program does', () => {
    const graph = readSavedModel(bytesOf(options));
    expect([...graph.inputs.keys()]).toEqual(['ids', 'mask']);
    expect([...graph.outputs.keys()]).toEqual(['states', 'unit', 'free', 'tanh']);
  });

  it.each([
    ['bfloat16', 14],
    ['float16', 19],
  ] as const)('computes products in %s and layer norms in float32', (precision, type) => {
    const graph = readSavedModel(bytesOf({ ...options, precision, dialect: 'onednn' }));
    const typesOf = (op: string) =>
      new Set(graph.nodes.filter((node) => node.op === op).map((node) => numberAt(node.attributes.get('T'), 6)));
    expect(typesOf('_FusedMatMul')).toEqual(new Set([type]));
    expect(typesOf('BatchMatMulV2')).toEqual(new Set([type]));
    expect(typesOf('_MklLayerNorm')).toEqual(new Set([1]));
    const constant = graph.nodes.find(
      ({ name }) => name === graph.nodes.find(({ op }) => op === '_FusedMatMul')!.inputs[1],
    );
    const tensor = fieldsOf(bytesAt(constant!.attributes.get('value')!, 8));
    expect(bytesAt(tensor, 4).length).toBe(8 * 8 * 2);
  });

  it('uses public operations only in the portable dialect', () => {
    const names = readSavedModel(bytesOf(options)).nodes.map(({ op }) => op);
    expect(names.filter((op) => op.startsWith('_'))).toEqual([]);
  });

  it('writes a weight that is used twice once', () => {
    const { nodes } = readSavedModel(bytesOf(options));
    const large = nodes.filter(({ op, attributes }) => {
      return op === 'Const' && bytesAt(fieldsOf(bytesAt(attributes.get('value')!, 8)), 4).length === 12 * 8 * 4;
    });
    expect(large.length).toBe(2); // wide (used twice) and narrow
  });

  it('reads a weight only when its piece is written', () => {
    let reads = 0;
    const watched = {
      ...weights,
      get: (name: string) => ({
        shape: weights.get(name).shape,
        get data() {
          reads++;
          return weights.get(name).data;
        },
      }),
    };
    const model = emitSavedModel({ program: sampleProgram, weights: watched });
    expect(reads).toBe(0);
    Array.from(model);
    expect(reads).toBe(Object.keys(sampleShapes).length);
  });

  it('refuses a graph beyond 2 GiB before it reads a weight', () => {
    const huge = {
      fingerprint: 'huge',
      has: () => true,
      get: () => ({
        shape: [2 ** 15, 2 ** 14],
        get data(): Float32Array {
          throw new Error('read');
        },
      }),
    };
    const program = {
      name: 'huge',
      inputs: { x: { type: 'float32', shape: [null, 2 ** 14] } },
      build: <T>(
        ops: { dense(x: T, names: { weight: string }, activation: 'none'): T },
        { x }: Readonly<Record<string, T>>,
      ) => ({
        y: ops.dense(x!, { weight: 'w' }, 'none'),
      }),
    } as const;
    expect(() => emitSavedModel({ program, weights: huge })).toThrow(
      expect.objectContaining({ code: 'GRAPH_TOO_LARGE' }),
    );
    expect(emitSavedModel({ program, weights: huge, precision: 'bfloat16' }).byteLength).toBeGreaterThan(2 ** 30);
  });
});

describe('graphFingerprint', () => {
  it('differs by precision, dialect, program and weights', () => {
    const fingerprints = [
      options,
      { ...options, precision: 'bfloat16' as const },
      { ...options, dialect: 'onednn' as const },
      { ...options, program: { ...sampleProgram, name: 'other' } },
      { ...options, weights: sampleWeights(sampleShapes, 2) },
    ].map(graphFingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
    expect(graphFingerprint({ ...options, precision: 'float32' })).toBe(fingerprints[0]);
  });
});

describe('emitTensorGraph', () => {
  it('writes a graph without weights, node by node', () => {
    const model = emitTensorGraph({
      name: 'sum of squares',
      inputs: { a: { type: 'float32', shape: [null] }, b: { type: 'float32', shape: [null] } },
      build(builder, { a, b }) {
        const type = { T: { type: 'float32' } } as const;
        const square = (x: string) => builder.node('Mul', [x, x], type);
        const output = builder.node('AddV2', [square(a!.output), square(b!.output)], type);
        return { sum: { output, shape: a!.shape } };
      },
    });
    expect(model.files).toEqual([]);
    const graph = readSavedModel(Buffer.concat([...model]));
    const { sum } = runGraph(graph, { a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) });
    expect([...sum!.dataSync()]).toEqual([10, 20]);
  });
});
