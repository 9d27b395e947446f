import type { Progress, Rows, TokenSequence, WorkOptions } from '@referent/core';
import { tinyVocabulary } from '@referent/testing';
import { createTokenizer, layoutEntity, layoutMention } from '@referent/tokenizer';
import { describe, expect, it } from 'vitest';
import { createEntityEncoder, createMentionEncoder } from './index.js';

const tokenizer = createTokenizer({ vocabulary: tinyVocabulary });
const mention = { contextLeft: 'in ', surface: 'paris', contextRight: ', texas' };

/** Gives each sequence its length and the sum of its ids, and remembers what it was given. */
function countingTransformer(maximumLength = 512) {
  const calls: (readonly TokenSequence[])[] = [];
  return {
    dimensions: 2,
    maximumLength,
    calls,
    async encode(sequences: readonly TokenSequence[], { signal, onProgress }: WorkOptions = {}): Promise<Rows> {
      signal?.throwIfAborted();
      calls.push(sequences);
      onProgress?.({ step: 'encode', done: sequences.length, total: sequences.length, unit: 'sequences' });
      const data = sequences.flatMap(({ ids }) => [ids.length, ids.reduce((sum, id) => sum + id, 0)]);
      return { data: Float32Array.from(data), count: sequences.length };
    },
  };
}

describe('createMentionEncoder', () => {
  it('encodes mentions in its layout', async () => {
    const transformer = countingTransformer();
    const settings = { layout: 'mention-first', maximumLength: 24 } as const;
    const encoder = createMentionEncoder({ tokenizer, transformer, ...settings });
    const rows = await encoder.encodeMentions([mention]);
    expect(transformer.calls).toEqual([[layoutMention(tokenizer, mention, settings)]]);
    expect([encoder.dimensions, rows.count, rows.data[0]]).toEqual([2, 1, 23]);
  });

  it('tells how long it laid out tokens, apart from the rest', async () => {
    const transformer = countingTransformer();
    const stages: string[] = [];
    const started = performance.now();
    const onTiming = (stage: string, milliseconds: number) =>
      stages.push(`${stage} ${milliseconds >= 0 && milliseconds <= performance.now() - started}`);
    await createMentionEncoder({ tokenizer, transformer }).encodeMentions([mention], { onTiming });
    expect(stages).toEqual(['tokenize true']);
  });

  it("has BLINK's defaults", async () => {
    const transformer = countingTransformer();
    await createMentionEncoder({ tokenizer, transformer }).encodeMentions([mention]);
    expect(transformer.calls[0]).toEqual([layoutMention(tokenizer, mention, { layout: 'blink', maximumLength: 128 })]);
  });
});

describe('createEntityEncoder', () => {
  it('encodes entities in its layout', async () => {
    const transformer = countingTransformer();
    const entity = { title: 'paris', text: 'a town in texas' };
    const settings = { layout: 'separated', maximumLength: 12 } as const;
    await createEntityEncoder({ tokenizer, transformer, ...settings }).encodeEntities([entity]);
    await createEntityEncoder({ tokenizer, transformer }).encodeEntities([entity]);
    expect(transformer.calls).toEqual([[layoutEntity(tokenizer, entity, settings)], [layoutEntity(tokenizer, entity)]]);
  });

  it('takes a list of any length in parts, in order, and tells how far it is', async () => {
    const transformer = countingTransformer();
    const encoder = createEntityEncoder({ tokenizer, transformer });
    const entities = Array.from({ length: 10_000 }, (_, i) => ({ title: 'a'.repeat(1 + (i % 7)), text: '' }));
    const progress: Progress[] = [];
    const { data, count } = await encoder.encodeEntities(entities, { onProgress: (step) => progress.push(step) });
    expect(count).toBe(10_000);
    expect(entities.every(({ title }, i) => data[i * 2] === title.length + 3)).toBe(true);
    expect(transformer.calls.map(({ length }) => length)).toEqual([4096, 4096, 1808]);
    expect(progress.map(({ done }) => done)).toEqual([4096, 8192, 10_000]);
    expect(progress[0]).toMatchObject({ step: 'encode entities', total: 10_000, unit: 'entities' });
  });

  it('asks nothing of the model for no entities, or beyond the last part', async () => {
    const transformer = countingTransformer();
    const encoder = createEntityEncoder({ tokenizer, transformer });
    expect(await encoder.encodeEntities([])).toEqual({ data: new Float32Array(), count: 0 });
    await encoder.encodeEntities(Array.from({ length: 4096 }, () => ({ title: 'a', text: '' })));
    expect(transformer.calls.map(({ length }) => length)).toEqual([4096]);
  });

  it('stops between parts when it is told to', async () => {
    const transformer = countingTransformer();
    const encoder = createEntityEncoder({ tokenizer, transformer });
    const entities = Array.from({ length: 10_000 }, () => ({ title: 'a', text: '' }));
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await expect(encoder.encodeEntities(entities, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
    expect(transformer.calls.length).toBe(1);
  });
});

describe('settings that do not fit', () => {
  const creators = { createMentionEncoder, createEntityEncoder };
  it.each(Object.entries(creators))('%s refuses them before anything is encoded', (_, create) => {
    const transformer = countingTransformer(64);
    expect(() => create({ tokenizer, transformer, maximumLength: 65 })).toThrow(
      expect.objectContaining({ code: 'ENCODER_WINDOW_TOO_SHORT', details: { maximumLength: 65, window: 64 } }),
    );
    expect(() => create({ tokenizer, transformer, maximumLength: 2 })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_MAXIMUM_LENGTH' }),
    );
    expect(() => create({ tokenizer, transformer, layout: 'upside-down' as 'blink' })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_UNKNOWN' }),
    );
    expect(create({ tokenizer, transformer, maximumLength: 64 }).dimensions).toBe(2);
  });
});
