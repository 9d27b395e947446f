import { describe, expect, it } from 'vitest';
import { parseBertConfig } from './bert-config.js';
import { inputBatches } from './input-batches.js';

const config = parseBertConfig({
  ...{ hidden_size: 2, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 2 },
  ...{ vocab_size: 100, max_position_embeddings: 12, type_vocab_size: 2 },
});

describe('inputBatches', () => {
  it('pads to one length a batch, longest first, and says which sequence each row is', () => {
    const sequences = [{ ids: [7] }, { ids: [1, 2, 3, 4, 5], segments: [0, 0, 1, 1, 1], positions: [0, 1, 2, 3, 9] }];
    const [long, short, ...more] = inputBatches(sequences, { config, maximumTokens: 8 });
    expect(more).toEqual([]);
    expect(long).toMatchObject({ indices: [1], length: 8 });
    expect(Object.fromEntries(Object.entries(long!.inputs).map(([name, { data }]) => [name, [...data]]))).toEqual({
      ids: [1, 2, 3, 4, 5, 0, 0, 0],
      segments: [0, 0, 1, 1, 1, 0, 0, 0],
      positions: [0, 1, 2, 3, 9, 0, 0, 0],
      mask: [1, 1, 1, 1, 1, 0, 0, 0],
    });
    expect(short).toMatchObject({ indices: [0], length: 4, inputs: { ids: { shape: [1, 4] } } });
  });

  it('refuses a sequence before it gives the first batch', () => {
    const sequences = [{ ids: [1, 2, 3] }, { ids: [100] }];
    expect(() => inputBatches(sequences, { config, maximumTokens: 8 }).next()).toThrow(
      expect.objectContaining({ code: 'SEQUENCE_INVALID', details: { index: 1 } }),
    );
  });
});
