/** all-MiniLM-L6-v2 in TensorFlow against PyTorch: packages/transformer/test/goldens/make-goldens.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchModel } from '@referent/runtime';
import { createEagerEngine, type Engine } from '@referent/tensor-ops';
import { createTransformer, parseBertConfig, readSafetensors } from '@referent/transformer';
import { describe, expect, it } from 'vitest';
import { cacheFolder, cosine, largestDifference, startNative } from './start.js';

const golden = JSON.parse(
  readFileSync(new URL('../../packages/transformer/test/goldens/minilm.json', import.meta.url), 'utf8'),
) as { cases: { text: string; ids: number[]; vector: number[] }[] };

async function openMiniLm(engine: Engine, maximumTokens?: number) {
  const folder = await fetchModel({ name: 'all-minilm-l6-v2', cacheFolder });
  return createTransformer({
    config: parseBertConfig(readFileSync(join(folder, 'config.json'), 'utf8')),
    weights: readSafetensors(readFileSync(join(folder, 'model.safetensors'))),
    engine,
    head: { pooling: 'mean', normalize: true },
    ...(maximumTokens !== undefined && { maximumTokens }),
  });
}

describe('all-MiniLM-L6-v2', () => {
  it('gives the vectors of PyTorch, together and one at a time, as a graph and eagerly', async () => {
    const engine = await startNative('float32');
    const eager = createEagerEngine({ tf: engine.tf });
    const vectors = [];
    for (const [one, maximumTokens] of [
      [engine, 4096],
      [engine, 1],
      [eager, 256],
    ] as const) {
      const transformer = await openMiniLm(one, maximumTokens);
      vectors.push(await transformer.encode(golden.cases));
      await transformer.close();
    }
    for (const { data, count } of vectors) {
      expect(count).toBe(golden.cases.length);
      for (const [i, { vector, text }] of golden.cases.entries()) {
        expect(largestDifference(data.subarray(i * 384, (i + 1) * 384), vector), text).toBeLessThan(1e-4);
      }
      expect(largestDifference(data, vectors[0]!.data)).toBeLessThan(1e-5);
    }
    await engine.close();
  });

  it('stays close in bfloat16', async () => {
    const engine = await startNative('bfloat16');
    const transformer = await openMiniLm(engine);
    const { data } = await transformer.encode(golden.cases);
    for (const [i, { vector, text }] of golden.cases.entries()) {
      expect(cosine(data.subarray(i * 384, (i + 1) * 384), vector), text).toBeGreaterThanOrEqual(0.9995);
    }
    await engine.close();
  });
});
