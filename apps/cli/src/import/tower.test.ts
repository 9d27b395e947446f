import type { TensorInfo, TorchCheckpoint } from '@referent/torch-checkpoint';
import { bertShapes, parseBertConfig } from '@referent/transformer';
import { describe, expect, it } from 'vitest';
import type { BlinkConfig } from './blink-config.js';
import { knownBert } from './known-berts.js';
import { planTower } from './tower.js';

const sizes = {
  vocab_size: 9,
  hidden_size: 4,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 8,
  max_position_embeddings: 16,
  type_vocab_size: 2,
};
const tensors: readonly TensorInfo[] = [...bertShapes(parseBertConfig(sizes), { pooling: 'pooler' })].map(
  ([name, shape]) => ({ name: `encoder.bert_model.${name}`, shape, dtype: 'float32' }),
);
const linear: readonly TensorInfo[] = [
  { name: 'encoder.additional_linear.weight', shape: [3, 4], dtype: 'float32' },
  { name: 'encoder.additional_linear.bias', shape: [3], dtype: 'float32' },
];
const word = 'embeddings.word_embeddings.weight';

function plan(found: readonly TensorInfo[], config: Partial<BlinkConfig> = {}) {
  return planTower({
    folder: 'mention',
    file: 'bi.bin',
    checkpoint: { tensors: found } as TorchCheckpoint,
    encoder: 'encoder',
    config: { file: 'bi.json', addLinear: false, outDim: 1, ...config } as BlinkConfig,
    bert: { sizes, json: sizes, file: 'bert_config.json' },
  });
}

const changed = (name: string, change: object) =>
  tensors.map((tensor) => (tensor.name.endsWith(name) ? { ...tensor, ...change } : tensor));

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('planTower', () => {
  it('takes the BERT without its pooler, and with it below a linear layer', () => {
    const names = (tower: ReturnType<typeof plan>, all: readonly TensorInfo[]) =>
      all.flatMap((it) => tower.rename(it) ?? []);
    expect(names(plan(tensors), tensors)).toHaveLength(tensors.length - 2);
    const all = [...tensors, ...linear];
    const own = names(plan(all, { addLinear: true, outDim: 3 }), all);
    expect(own).toHaveLength(all.length);
    expect(own).toContain('pooler.dense.weight');
    expect(own).toContain('additional_linear.bias');
  });

  it('knows the names of DataParallel, of the oldest layer norms, and buffers; other encoders are not its own', () => {
    const old = tensors.map(({ name, ...rest }) => ({
      ...rest,
      name: `module.${name}`.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    }));
    const buffer: TensorInfo = {
      name: 'module.encoder.bert_model.embeddings.position_ids',
      shape: [1, 16],
      dtype: 'int64',
    };
    const other: TensorInfo = { name: 'cand_encoder.bert_model.x', shape: [1], dtype: 'float32' };
    const tower = plan([...old, buffer, other]);
    expect(tower.rename(old.find(({ name }) => name.endsWith('0.output.LayerNorm.gamma'))!)).toBe(
      'encoder.layer.0.output.LayerNorm.weight',
    );
    expect([buffer, other].map((it) => tower.rename(it))).toEqual([undefined, undefined]);
  });

  it('names missing, extra and mis-shaped tensors, with expected and found shapes', () => {
    const extra: TensorInfo = { name: 'encoder.bert_model.encoder.layer.0.adapter', shape: [4], dtype: 'float32' };
    const damaged = changed('layer.1.output.dense.weight', { shape: [4, 7] }).filter(
      ({ name }) => !name.endsWith(word),
    );
    expect(errorOf(() => plan([...damaged, extra]))).toMatchObject({
      code: 'IMPORT_WRONG_TENSORS',
      why: `1 missing: ${word}; 1 not known: encoder.layer.0.adapter; 1 of another shape: encoder.layer.1.output.dense.weight [4,7] instead of [4,8].`,
      details: {
        file: 'bi.bin',
        missing: [word],
        extra: ['encoder.layer.0.adapter'],
        misShaped: [{ name: 'encoder.layer.1.output.dense.weight', expected: [4, 8], found: [4, 7] }],
      },
    });
  });

  it('refuses integers as weights', () => {
    expect(errorOf(() => plan(changed(word, { dtype: 'int32' })))).toMatchObject({
      code: 'IMPORT_WRONG_TENSORS',
      why: expect.stringContaining(`${word} (int32)`),
    });
  });

  it.each([
    ['add_linear', [...tensors, ...linear], {}, 'bi.json'],
    ['add_linear', tensors, { addLinear: true }, 'bi.json'],
    ['out_dim', [...tensors, ...linear], { addLinear: true, outDim: 5 }, 'bi.json'],
    ['vocab_size', changed(word, { shape: [11, 4] }), {}, 'bert_config.json'],
    ['num_hidden_layers', tensors.filter(({ name }) => !name.includes('layer.1.')), {}, 'bert_config.json'],
    ['max_position_embeddings', changed('position_embeddings.weight', { shape: [8, 4] }), {}, 'bert_config.json'],
  ])('names the field %s where whole weights are of another configuration', (field, found, config, file) => {
    expect(errorOf(() => plan(found, config))).toMatchObject({
      code: 'IMPORT_CONFIG_CONTRADICTS',
      details: { file, contradictions: [{ field }] },
    });
  });
});

it('knows the sizes of BERTs by name, and by the last part of a path', () => {
  expect(knownBert('bert-large-uncased')).toMatchObject({
    hidden_size: 1024,
    num_hidden_layers: 24,
    vocab_size: 30522,
  });
  expect(knownBert('/models/bert-base-cased')).toMatchObject({ hidden_size: 768, vocab_size: 28996 });
  expect(knownBert('C:\\models\\BERT-Base-Uncased')).toMatchObject({ num_attention_heads: 12 });
  expect(knownBert('constructor')).toBeUndefined();
});
