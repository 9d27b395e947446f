import { asyncClosing, type TokenSequence } from '@referent/core';
import type { Engine, Tensor } from '@referent/tensor-ops';
import { describe, expect, it } from 'vitest';
import { parseBertConfig } from './bert-config.js';
import { createTransformer } from './transformer.js';

const config = parseBertConfig({
  ...{ hidden_size: 2, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 2 },
  ...{ vocab_size: 100, max_position_embeddings: 12, type_vocab_size: 2 },
});
const shapes: Readonly<Record<string, readonly number[]>> = {
  'embeddings.word_embeddings.weight': [100, 2],
  'embeddings.position_embeddings.weight': [12, 2],
};

function weightsOf(changed: Readonly<Record<string, readonly number[]>> = {}) {
  return {
    fingerprint: 'zeros',
    has: () => true,
    get(name: string) {
      const shape = changed[name] ?? shapes[name] ?? (/norm|bias/i.test(name) ? [2] : [2, 2]);
      return { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
    },
  };
}

/** Answers with the sum of each row's real ids and of its positions, and keeps what it was given. */
function countingEngine() {
  const calls: Readonly<Record<string, Tensor>>[] = [];
  const engine: Engine = {
    name: 'counting',
    precision: 'float32',
    compile: async () =>
      asyncClosing({
        async run(inputs: Readonly<Record<string, Tensor>>) {
          calls.push(inputs);
          const [rows, width] = inputs.ids!.shape as [number, number];
          const data = new Float32Array(rows * 2);
          for (let i = 0; i < rows * width; i++) {
            const row = Math.floor(i / width);
            data[row * 2]! += inputs.ids!.data[i]! * inputs.mask!.data[i]!;
            data[row * 2 + 1]! +=
              (inputs.positions!.data[i]! + 100 * inputs.segments!.data[i]!) * inputs.mask!.data[i]!;
          }
          return { vectors: { shape: [rows, 2], data } };
        },
        close: async () => {},
      }),
    close: async () => {},
  };
  return { engine, calls };
}

const head = { pooling: 'cls' } as const;

describe('createTransformer', () => {
  it('restores the order and stays within the budget', async () => {
    const { engine, calls } = countingEngine();
    const transformer = await createTransformer({ config, weights: weightsOf(), engine, head, maximumTokens: 12 });
    const sequences: TokenSequence[] = [3, 1, 12, 5, 2, 2].map((length, i) => ({ ids: Array(length).fill(i + 1) }));
    const progress: number[] = [];
    const { data, count } = await transformer.encode(sequences, { onProgress: ({ done }) => progress.push(done) });
    expect(count).toBe(6);
    expect([...data]).toEqual([3, 3, 2, 0, 36, 66, 20, 10, 10, 1, 12, 1]);
    expect(calls.every(({ ids }) => ids!.data.length <= 12)).toBe(true);
    expect(progress).toEqual([1, 2, 5, 6]);
  });

  it('passes segments and positions on', async () => {
    const { engine } = countingEngine();
    const transformer = await createTransformer({ config, weights: weightsOf(), engine, head });
    const { data } = await transformer.encode([{ ids: [7, 8], segments: [0, 1], positions: [0, 9] }]);
    expect([...data]).toEqual([15, 109]);
  });

  it('encodes nothing into nothing', async () => {
    const { engine, calls } = countingEngine();
    const transformer = await createTransformer({ config, weights: weightsOf(), engine, head });
    expect(await transformer.encode([])).toEqual({ data: new Float32Array(0), count: 0 });
    expect(calls).toEqual([]);
  });

  it('stops between batches when the signal says so', async () => {
    const { engine, calls } = countingEngine();
    const transformer = await createTransformer({ config, weights: weightsOf(), engine, head, maximumTokens: 1 });
    const controller = new AbortController();
    const work = transformer.encode([{ ids: [1] }, { ids: [2] }, { ids: [3] }], {
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(new Error('enough')),
    });
    await expect(work).rejects.toThrow('enough');
    expect(calls.length).toBe(2);
  });

  it.each<[string, string, TokenSequence]>([
    ['SEQUENCE_TOO_LONG', 'more tokens than positions', { ids: Array(13).fill(1) }],
    ['SEQUENCE_TOO_LONG', 'a position beyond the table', { ids: [1], positions: [12] }],
    ['SEQUENCE_INVALID', 'no tokens', { ids: [] }],
    ['SEQUENCE_INVALID', 'an id beyond the vocabulary', { ids: [100] }],
    ['SEQUENCE_INVALID', 'an id that is no whole number', { ids: [Number.NaN] }],
    ['SEQUENCE_INVALID', 'a segment that does not exist', { ids: [1], segments: [2] }],
    ['SEQUENCE_INVALID', 'a negative position', { ids: [1], positions: [-1] }],
    ['SEQUENCE_INVALID', 'unequal lengths', { ids: [1, 2], segments: [0] }],
  ])('refuses with %s %s', async (code, _, sequence) => {
    const { engine } = countingEngine();
    const transformer = await createTransformer({ config, weights: weightsOf(), engine, head });
    await expect(transformer.encode([{ ids: [1] }, sequence])).rejects.toMatchObject({ code, details: { index: 1 } });
  });

  it('refuses an option that it does not have', async () => {
    const misspelt = { config, weights: weightsOf(), engine: countingEngine().engine, head, maxTokens: 12 };
    await expect(createTransformer(misspelt)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      details: { option: 'maxTokens' },
    });
  });

  it('refuses weights of another shape before anything runs', async () => {
    const { engine } = countingEngine();
    const wrong = (name: string, shape: number[], projection?: { weight: string; bias?: string }) =>
      createTransformer({
        config,
        weights: weightsOf({ [name]: shape }),
        engine,
        head: { pooling: 'pooler', ...(projection && { projection }) },
      });
    const refusal = { code: 'WEIGHTS_WRONG_SHAPE' };
    await expect(wrong('embeddings.word_embeddings.weight', [99, 2])).rejects.toMatchObject(refusal);
    await expect(wrong('pooler.dense.weight', [3, 2])).rejects.toMatchObject(refusal);
    await expect(wrong('p', [5, 3], { weight: 'p' })).rejects.toMatchObject(refusal);
    await expect(wrong('p.bias', [3], { weight: 'p', bias: 'p.bias' })).rejects.toMatchObject(refusal);
  });

  it('reports an engine that answers with the wrong number of values', async () => {
    const broken: Engine = {
      name: 'broken',
      precision: 'float32',
      compile: async () => asyncClosing({ run: async () => ({}), close: async () => {} }),
      close: async () => {},
    };
    const transformer = await createTransformer({ config, weights: weightsOf(), engine: broken, head });
    await expect(transformer.encode([{ ids: [1] }])).rejects.toMatchObject({ code: 'ENGINE_WRONG_RESULT' });
  });
});
