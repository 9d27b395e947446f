import type { Mention } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesOf } from '../test/fakes.js';
import { merge } from './auto-detector.js';
import { createAutoDetector } from './index.js';

const names = namesOf('Jackson', 'Paris', 'Queen Victoria', 'London', 'Wilson', 'Seine');
const found = async (text: string, options = {}) =>
  (await createAutoDetector({ names, ...options }).detect(text)).map(({ surface }) => surface);

describe('auto', () => {
  test('takes the marks of a text that has any, and nothing else', async () => {
    expect(await found('Jackson saw [[the town]] of Paris.')).toEqual(['the town']);
    expect(await found('Jackson saw [[the town]] of Paris.', { marked: false })).toEqual(['Jackson', 'Paris']);
  });

  test('joins names and statistics, the longer of two first', async () => {
    expect(await found('Then Andrew Jackson left Chicago and Queen Victoria for Paris.')).toEqual([
      'Andrew Jackson',
      'Chicago',
      'Queen Victoria',
      'Paris',
    ]);
  });

  test('leaves a phrase with several names to the names', async () => {
    expect(await found('In London Wilson spoke of it.')).toEqual(['London', 'Wilson']);
  });

  test('uses what it is given', async () => {
    expect(await found('Andrew Jackson left.', { statistical: false })).toEqual(['Jackson']);
    expect(await found('by the seine in paris', { namesAreProper: false })).toEqual(['seine', 'paris']);
    expect(await found('Andrew Jackson left the Zorblax.', { names: undefined })).toEqual([
      'Andrew Jackson',
      'Zorblax',
    ]);
    expect(await found('Jackson', { names: undefined, statistical: false })).toEqual([]);
  });
});

describe('merge', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz';
  const spans = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 }).map((lengths) => {
    let at = 0;
    return lengths.flatMap((length, i): Mention[] => {
      const start = at;
      at += length;
      return i % 2 === 0 || at > text.length ? [] : [{ start, end: at, surface: text.slice(start, at) }];
    });
  });

  test('never overlaps, and loses nothing that meets nothing', () => {
    fc.assert(
      fc.property(spans, spans, (first, second) => {
        const merged = merge(first, second);
        merged.forEach(({ start }, i) => {
          if (i > 0) expect(start).toBeGreaterThanOrEqual(merged[i - 1]!.end);
        });
        const meets = (a: Mention, list: readonly Mention[]) => list.some((b) => a.start < b.end && b.start < a.end);
        for (const mention of first) if (!meets(mention, second)) expect(merged).toContain(mention);
        for (const mention of second) if (!meets(mention, first)) expect(merged).toContain(mention);
      }),
    );
  });
});
