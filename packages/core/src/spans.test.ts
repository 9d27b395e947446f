import { describe, expect, test } from 'vitest';
import { isReferentError, mentionsFromSpans, type Span, splitsCharacter } from './index.js';

const code = (text: string, spans: Span[]) => {
  try {
    mentionsFromSpans(text, spans);
  } catch (error) {
    if (isReferentError(error)) return [error.code, error.what];
    throw error;
  }
  return 'fine';
};

test('splitsCharacter: between the halves of a pair, and nowhere else', () => {
  const units = [0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000];
  for (const [first, second] of units.flatMap((first) => units.map((second) => [first, second] as const))) {
    const text = String.fromCharCode(first, second);
    expect(splitsCharacter(text, 1), `${first} ${second}`).toBe(text.codePointAt(0)! > 0xffff);
  }
  expect([0, 2].some((position) => splitsCharacter('😀', position))).toBe(false);
});

describe('mentionsFromSpans', () => {
  test('cuts the surfaces out, in the order of the text', () => {
    expect(
      mentionsFromSpans('Paris 😀 Troy', [
        { start: 9, end: 13 },
        { start: 0, end: 5 },
      ]),
    ).toEqual([
      { start: 0, end: 5, surface: 'Paris' },
      { start: 9, end: 13, surface: 'Troy' },
    ]);
    expect(mentionsFromSpans('', [])).toEqual([]);
  });

  test.each([
    [-1, 2],
    [0, 6],
    [0, 1.5],
    [Number.NaN, 2],
    [3, 3],
    [4, 2],
  ])('refuses %s..%s of five positions, and names it', (start, end) => {
    expect(code('Paris', [{ start, end }])).toEqual(['SPAN_INVALID', expect.stringContaining(`${start}..${end}`)]);
  });

  test('gives programs the spans that are wrong', () => {
    const [first, second] = [
      { start: 0, end: 4 },
      { start: 3, end: 5 },
    ];
    const details = (...spans: Span[]) => {
      try {
        return mentionsFromSpans('Paris', spans);
      } catch (error) {
        return isReferentError(error) && error.details;
      }
    };
    expect(details(second, first)).toEqual({ spans: [first, second] });
    expect(details({ start: 2, end: 9 })).toEqual({ span: { start: 2, end: 9 } });
  });

  test('refuses half a surrogate pair, at either end, but not a lone surrogate', () => {
    expect(code('a😀b', [{ start: 0, end: 2 }])).toEqual(['SPAN_INVALID', expect.stringContaining('0..2')]);
    expect(code('a😀b', [{ start: 2, end: 4 }])).toEqual(['SPAN_INVALID', expect.stringContaining('2..4')]);
    expect(code('a\ud83db', [{ start: 1, end: 2 }])).toBe('fine');
  });

  test('refuses overlapping spans and names both; touching ones are fine', () => {
    const spans = (...pairs: [number, number][]) => pairs.map(([start, end]) => ({ start, end }));
    expect(code('New York City', spans([4, 13], [0, 8]))).toEqual([
      'SPAN_OVERLAP',
      expect.stringMatching(/0\.\.8.*4\.\.13/),
    ]);
    expect(code('New York City', spans([0, 3], [0, 3]))[0]).toBe('SPAN_OVERLAP');
    expect(code('New York City', spans([0, 4], [4, 8]))).toBe('fine');
  });
});
