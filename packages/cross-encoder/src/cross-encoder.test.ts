import type { Progress, Rows, TokenSequence, WorkOptions } from '@referent/core';
import { tinyVocabulary } from '@referent/testing';
import { createTokenizer, layoutEntity, layoutMention, layoutPair } from '@referent/tokenizer';
import { describe, expect, it, vi } from 'vitest';
import { createCrossEncoder } from './index.js';

const tokenizer = createTokenizer({ vocabulary: tinyVocabulary });
const mention = { contextLeft: 'in ', surface: 'paris', contextRight: ', texas' };
const entity = { title: 'paris', text: 'a town in texas' };

/** Scores a sequence by its length, and remembers what it was given. */
function countingTransformer({ dimensions = 1, maximumLength = 512 } = {}) {
  const calls: (readonly TokenSequence[])[] = [];
  return {
    dimensions,
    maximumLength,
    calls,
    async encode(sequences: readonly TokenSequence[], { signal, onProgress }: WorkOptions = {}): Promise<Rows> {
      signal?.throwIfAborted();
      calls.push(sequences);
      onProgress?.({ step: 'encode', done: sequences.length, total: sequences.length, unit: 'sequences' });
      return { data: Float32Array.from(sequences, ({ ids }) => ids.length), count: sequences.length };
    },
  };
}

describe('createCrossEncoder', () => {
  it("lays pairs out with BLINK's defaults", async () => {
    const transformer = countingTransformer();
    const scorer = createCrossEncoder({ tokenizer, transformer });
    expect(scorer.name).toBe('cross-encoder');
    await scorer.scorePairs([{ mention, entity }]);
    const context = layoutMention(tokenizer, mention, { maximumLength: 128 });
    const candidate = layoutEntity(tokenizer, entity, { maximumLength: 128 });
    expect(transformer.calls).toEqual([[layoutPair(context, candidate, { maximumContextLength: 128 })]]);
  });

  it('lays pairs out as its settings say', async () => {
    const transformer = countingTransformer();
    const layouts = { layout: 'compact', mentionLayout: 'sentence', entityLayout: 'separated' } as const;
    const lengths = { maximumContextLength: 12, maximumLength: 20 };
    await createCrossEncoder({ tokenizer, transformer, ...layouts, ...lengths }).scorePairs([{ mention, entity }]);
    const context = layoutMention(tokenizer, mention, { layout: 'sentence', maximumLength: 12 });
    const candidate = layoutEntity(tokenizer, entity, { layout: 'separated', maximumLength: 9 });
    const pair = layoutPair(context, candidate, { layout: 'compact' });
    expect(transformer.calls).toEqual([[pair]]);
    expect(pair.ids.length).toBe(20);
  });

  it('cuts an input whose entity may be longer than its room, [SEP] and all', async () => {
    const transformer = countingTransformer();
    const lengths = { maximumContextLength: 32, maximumLength: 40, maximumEntityLength: 128 };
    await createCrossEncoder({ tokenizer, transformer, ...lengths }).scorePairs([{ mention, entity }]);
    const context = layoutMention(tokenizer, mention, { maximumLength: 32 });
    const whole = layoutPair(context, layoutEntity(tokenizer, entity), { maximumContextLength: 32 });
    const length = context.ids.length + 8;
    expect(whole.ids.length).toBeGreaterThan(length);
    expect(transformer.calls[0]![0]!.ids).toEqual(whole.ids.slice(0, length));
  });

  it('tokenizes a context once for all of its candidates', async () => {
    const encode = vi.fn(tokenizer.encode);
    const scorer = createCrossEncoder({ tokenizer: { ...tokenizer, encode }, transformer: countingTransformer() });
    encode.mockClear();
    await scorer.scorePairs(Array.from({ length: 50 }, () => ({ mention, entity })));
    expect(encode).toHaveBeenCalledTimes(3 + 50 * 2); // left, surface, right; title and text of each
  });

  it('takes a list of any length in parts, in order, and tells how far it is', async () => {
    const transformer = countingTransformer();
    const pairs = Array.from({ length: 2500 }, (_, i) => ({ mention, entity: { title: 'a'.repeat(i % 9), text: '' } }));
    const progress: Progress[] = [];
    const scorer = createCrossEncoder({ tokenizer, transformer, name: 'reader' });
    const scores = await scorer.scorePairs(pairs, { onProgress: (step) => progress.push(step) });
    expect(pairs.every(({ entity: { title } }, i) => scores[i]! - scores[0]! === title.length)).toBe(true);
    expect(transformer.calls.map(({ length }) => length)).toEqual([1024, 1024, 452]);
    expect(progress.at(-1)).toEqual({ step: 'score pairs', done: 2500, total: 2500, unit: 'pairs' });
  });

  it('refuses a head of several numbers', () => {
    const transformer = countingTransformer({ dimensions: 384 });
    expect(() => createCrossEncoder({ tokenizer, transformer })).toThrow(
      expect.objectContaining({ code: 'CROSS_ENCODER_WRONG_HEAD', details: { dimensions: 384 } }),
    );
  });

  it('refuses inputs longer than the model reads', () => {
    const transformer = countingTransformer({ maximumLength: 128 });
    expect(() => createCrossEncoder({ tokenizer, transformer })).toThrow(
      expect.objectContaining({ code: 'ENCODER_WINDOW_TOO_SHORT', details: { maximumLength: 255, window: 128 } }),
    );
  });

  it('refuses a context that leaves no room for an entity', () => {
    const transformer = countingTransformer();
    expect(() => createCrossEncoder({ tokenizer, transformer, maximumLength: 128 })).toThrow(
      expect.objectContaining({
        code: 'CROSS_ENCODER_NO_ROOM',
        what: expect.stringContaining('128 tokens in an input of up to 128'),
        details: { maximumContextLength: 128, maximumLength: 128 },
      }),
    );
  });

  it('takes settings that fit to the last token', () => {
    const transformer = countingTransformer({ maximumLength: 128 });
    const lengths = { maximumContextLength: 125, maximumLength: 128 };
    expect(() => createCrossEncoder({ tokenizer, transformer, ...lengths })).not.toThrow();
    expect(() => createCrossEncoder({ tokenizer, transformer, ...lengths, maximumContextLength: 126 })).toThrow(
      expect.objectContaining({ code: 'CROSS_ENCODER_NO_ROOM' }),
    );
  });

  it('asks nothing of the model for no pairs, or beyond the last part', async () => {
    const transformer = countingTransformer();
    const scorer = createCrossEncoder({ tokenizer, transformer });
    expect(await scorer.scorePairs([])).toHaveLength(0);
    await scorer.scorePairs(Array.from({ length: 1024 }, () => ({ mention, entity })));
    expect(transformer.calls.map(({ length }) => length)).toEqual([1024]);
  });

  it('tells how long it laid out tokens: no longer than the whole took', async () => {
    const timings: [string, number][] = [];
    const started = performance.now();
    const scorer = createCrossEncoder({ tokenizer, transformer: countingTransformer() });
    await scorer.scorePairs([{ mention, entity }], { onTiming: (stage, took) => timings.push([stage, took]) });
    expect(timings).toEqual([['tokenize', expect.any(Number)]]);
    expect(timings[0]![1]).toBeGreaterThanOrEqual(0);
    expect(timings[0]![1]).toBeLessThanOrEqual(performance.now() - started);
  });

  it.each(['layout', 'mentionLayout', 'entityLayout'])('refuses an unknown %s', (option) => {
    const transformer = countingTransformer();
    expect(() => createCrossEncoder({ tokenizer, transformer, [option]: 'upside-down' })).toThrow(
      expect.objectContaining({ code: 'LAYOUT_UNKNOWN' }),
    );
  });
});
