import type { LinkedMention } from '@referent/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textPieces } from './text-pieces.js';

const mention = (start: number, end: number): LinkedMention => ({
  start,
  end,
  surface: '',
  entity: null,
  score: 0,
  probability: 0,
  candidates: [],
});

const cut = (text: string, ...spans: [number, number][]) =>
  [
    ...textPieces(
      text,
      spans.map(([start, end]) => mention(start, end)),
    ),
  ].map(({ text, mention }) => (mention ? `<${text}>` : text));

it('cuts at mentions, in their order, and drops the marks around them', () => {
  expect(cut('In [[Paris]] or Troy', [16, 20], [5, 10])).toEqual(['In ', '<Paris>', ' or ', '<Troy>']);
  expect(cut('[[a]][[b]]', [2, 3], [7, 8])).toEqual(['<a>', '<b>']);
  expect(cut('[[a b]]', [2, 3])).toEqual(['[[', '<a>', ' b]]']);
  expect(cut('nobody')).toEqual(['nobody']);
});

it('shows all of the text, whatever the spans: of those that overlap the first and longest', () => {
  expect(cut('New York City', [0, 8], [4, 13], [0, 13], [4, 8])).toEqual(['<New York City>']);
  const span = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.array(span), (text, spans) => {
      fc.pre(!text.includes('[['));
      expect(
        cut(text, ...spans)
          .join('')
          .replaceAll(/[<>]/g, ''),
      ).toBe(text.replaceAll(/[<>]/g, ''));
    }),
  );
});
