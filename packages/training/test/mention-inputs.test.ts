import { layoutMention } from '@referent/tokenizer';
import { expect, it } from 'vitest';
import { createMentionInputs } from '../src/mention-inputs.js';
import { createRandom } from '../src/random.js';
import { entities, maskId, tokenizer } from './tiny.js';

const gold = entities.get('farm-red-fox')!;
const mention = { contextLeft: 'the old ', surface: 'fox', contextRight: ' near a lake' };
const text = (ids: readonly number[]) => tokenizer.decode(ids);
const inputs = (options: Partial<Parameters<typeof createMentionInputs>[0]> = {}) =>
  createMentionInputs({ tokenizer, layout: 'mention-first', maximumLength: 20, maskId, ...options });
const always = (options: Partial<Parameters<typeof createMentionInputs>[0]>) =>
  inputs(options)(mention, gold, createRandom(1)).ids;

it('is the plain layout where nothing is augmented', () => {
  const plain = layoutMention(tokenizer, mention, { layout: 'mention-first', maximumLength: 20 });
  expect(always({})).toEqual(plain.ids);
});

it('masks the mention wherever it stands', () => {
  const fox = tokenizer.encode('fox')[0]!;
  const masked = always({ augmentation: { maskMention: 1 } });
  expect(masked).not.toContain(fox);
  expect(masked.filter((id) => id === maskId).length).toBe(2);
  expect(masked.length).toBe(always({}).length);
  const marked = always({ layout: 'blink', augmentation: { maskMention: 1 } });
  expect(marked.filter((id) => id === maskId).length).toBe(1);
  expect(text(marked)).toContain('near a lake');
});

it('leaves the prefix out', () => {
  expect(always({ augmentation: { dropPrefix: 1 } })).toEqual(always({ layout: 'blink' }));
  const both = always({ augmentation: { dropPrefix: 1, maskMention: 1 } });
  expect(both).toEqual(always({ layout: 'blink', augmentation: { maskMention: 1 } }));
});

it('leaves the mention unmarked, and then does not mask it', () => {
  const sentence = layoutMention(tokenizer, mention, { layout: 'sentence', maximumLength: 20 });
  expect(always({ augmentation: { unmarked: 1 } })).toEqual(sentence.ids);
  expect(always({ augmentation: { unmarked: 1, maskMention: 1, dropPrefix: 1 } })).toEqual(sentence.ids);
});

it('replaces the mention by another name of the entity', () => {
  expect(text(always({ augmentation: { alias: 1 } }))).toContain('red fox');
  const nameless = { ...gold, aliases: [] };
  expect(inputs({ augmentation: { alias: 1 } })(mention, nameless, createRandom(1)).ids).toEqual(always({}));
});

it('augments as often as it is told', () => {
  const make = inputs({ augmentation: { maskMention: 0.25 } });
  const count = Array.from({ length: 400 }, (_, i) => make(mention, gold, createRandom(i)).ids.includes(maskId));
  expect(Math.abs(count.filter(Boolean).length - 100)).toBeLessThan(40);
});

it('refuses to mask where it cannot', () => {
  const code = expect.objectContaining({ code: 'TRAINING_CANNOT_MASK' });
  expect(() => inputs({ layout: 'sentence', augmentation: { maskMention: 0.1 } })).toThrow(code);
  expect(() =>
    createMentionInputs({ tokenizer, layout: 'blink', maximumLength: 9, augmentation: { maskMention: 1 } }),
  ).toThrow(code);
});
