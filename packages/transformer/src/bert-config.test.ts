import { describe, expect, it } from 'vitest';
import { parseBertConfig } from './bert-config.js';

const minimal = {
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 32,
  vocab_size: 40,
  max_position_embeddings: 24,
  type_vocab_size: 2,
};

describe('parseBertConfig', () => {
  it('reads a configuration as text or object, with the defaults of old files', () => {
    const expected = {
      hiddenSize: 16,
      layers: 2,
      heads: 4,
      intermediateSize: 32,
      vocabularySize: 40,
      positions: 24,
      segments: 2,
      layerNormEpsilon: 1e-12,
      activation: 'gelu',
    };
    expect(parseBertConfig(minimal)).toEqual(expected);
    expect(parseBertConfig(JSON.stringify({ ...minimal, model_type: 'bert', layer_norm_eps: 1e-5 }))).toEqual({
      ...expected,
      layerNormEpsilon: 1e-5,
    });
  });

  it.each([
    ['model_type', 'roberta'],
    ['position_embedding_type', 'relative_key'],
    ['hidden_act', 'gelu_new'],
    ['is_decoder', true],
  ])('refuses %s %s by name', (name, value) => {
    expect(() => parseBertConfig({ ...minimal, [name]: value })).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNSUPPORTED', message: expect.stringContaining(name) }),
    );
  });

  it.each([
    ['text that is not JSON', '{'],
    ['JSON that is no object', 'null'],
    ['a missing size', { ...minimal, vocab_size: undefined }],
    ['a size of zero', { ...minimal, num_hidden_layers: 0 }],
    ['heads that do not divide the hidden size', { ...minimal, num_attention_heads: 3 }],
    ['an epsilon that is no number', { ...minimal, layer_norm_eps: '1e-12' }],
  ])('refuses %s', (_, config) => {
    expect(() => parseBertConfig(config)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
