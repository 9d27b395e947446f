/** Every head of a tiny BERT in both dialects and every number format, run by TensorFlow itself. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitSavedModel, type GraphDialect, type Precision } from '@referent/tensor-ops';
import { type BertHead, bertProgram, parseBertConfig, readSafetensors } from '@referent/transformer';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { cosine, largestDifference, startNative } from './start.js';

const goldens = new URL('../../packages/transformer/test/goldens/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('tiny-bert.json', goldens), 'utf8')) as {
  config: object;
  cases: (Record<'cls' | 'normalizedMean' | 'projectedPooler' | 'ids', number[]> & {
    segments?: number[];
    positions?: number[];
  })[];
};
const config = parseBertConfig(golden.config);
const weights = readSafetensors(readFileSync(new URL('tiny-bert.safetensors', goldens)));
const folder = mkdtempSync(join(tmpdir(), 'referent-graphs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const heads: readonly (readonly ['cls' | 'normalizedMean' | 'projectedPooler', BertHead])[] = [
  ['cls', { pooling: 'cls' }],
  ['normalizedMean', { pooling: 'mean', normalize: true }],
  [
    'projectedPooler',
    { pooling: 'pooler', projection: { weight: 'additional_linear.weight', bias: 'additional_linear.bias' } },
  ],
];

interface Native {
  readonly node: {
    loadSavedModel(folder: string): Promise<{ predict(inputs: NamedTensorMap): NamedTensorMap; dispose(): void }>;
  };
}

async function vectorsOf(head: BertHead, precision: Precision, dialect: GraphDialect, mapped: boolean) {
  const { tf } = await startNative('float32');
  const graph = emitSavedModel({
    program: bertProgram({ config, head }),
    weights,
    precision,
    dialect,
    ...(mapped && { weightFile: (number: number) => join(folder, `${number}.bin`) }),
  });
  for (const file of graph.files) writeFileSync(file.path, file.bytes());
  writeFileSync(join(folder, 'saved_model.pb'), Buffer.concat([...graph]));
  const model = await (tf as unknown as Native).node.loadSavedModel(folder);
  const vectors = golden.cases.map(({ ids, segments, positions }) => {
    const tensor = (values: number[]): Tensor => tf.tensor2d([...values, 0, 0], [1, ids.length + 2], 'int32');
    const { vectors: output } = model.predict({
      ids: tensor(ids),
      segments: tensor(segments ?? ids.map(() => 0)),
      positions: tensor(positions ?? ids.map((_, t) => t)),
      mask: tensor(ids.map(() => 1)),
    });
    return output!.dataSync();
  });
  model.dispose();
  return vectors;
}

describe.each(['onednn', 'portable'] as const)('a tiny BERT in TensorFlow, %s', (dialect) => {
  it.each(heads)('gives the vectors of PyTorch in float32: %s', async (name, head) => {
    for (const mapped of [false, true]) {
      const vectors = await vectorsOf(head, 'float32', dialect, mapped);
      for (const [i, expected] of golden.cases.entries()) {
        expect(largestDifference(vectors[i]!, expected[name])).toBeLessThan(1e-4);
      }
    }
  });

  it.each(['bfloat16', 'float16'] as const)('comes close in %s', async (precision) => {
    // Weights of this size make it the hard case; the real model is held to 0.9995.
    for (const [name, head] of heads) {
      const vectors = await vectorsOf(head, precision, dialect, true);
      for (const [i, expected] of golden.cases.entries()) {
        expect(cosine(vectors[i]!, expected[name])).toBeGreaterThan(0.995);
      }
    }
  });
});
