import { normalizeName } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGivenSpansDetector, createMarkedDetector, createNamesDetector } from '../src/index.js';
import { namesOf } from './fakes.js';

const titles = ['Paris', 'New York', 'Queen Victoria', 'Jean-Paul Sartre', 'Zürich'];
const filler = fc
  .array(fc.constantFrom('went', 'to', 'and', 'saw', 'with', '😀', 'quickly'), { minLength: 1, maxLength: 4 })
  .map((words) => words.join(' '));
const sentence = fc.array(fc.tuple(filler, fc.constantFrom(...titles)), { minLength: 1, maxLength: 5 });

describe('names', () => {
  it('are found each at its place among other words, and nothing else', async () => {
    const detector = createNamesDetector({ names: namesOf(...titles) });
    await fc.assert(
      fc.asyncProperty(sentence, async (parts) => {
        let text = 'They';
        const expected = parts.map(([words, title]) => {
          const start = text.length + words.length + 2;
          text += ` ${words} ${title}`;
          return { start, end: start + title.length, surface: title };
        });
        expect(await detector.detect(`${text}.`)).toEqual(expected);
      }),
    );
  });

  it('are all that is found, whatever the case where names need not be proper', async () => {
    const detector = createNamesDetector({ names: namesOf(...titles), namesAreProper: false });
    const known = new Set(titles.map((title) => normalizeName(title)));
    const word = fc.constantFrom(
      'paris',
      'PARIS',
      'New',
      'york',
      'YORK',
      'queen',
      'Victoria',
      'Zurich',
      'zürich',
      'of',
      '.',
      ',',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 12 }), async (words) => {
        const found = await detector.detect(words.join(' '));
        for (const { surface } of found) expect(known).toContain(normalizeName(surface));
        const single = words.filter((it) => ['paris', 'zurich'].includes(normalizeName(it))).length;
        expect(found.filter(({ surface }) => !surface.includes(' '))).toHaveLength(single);
      }),
    );
  });
});

it('marks around any words give back these words, as spans that are given do', async () => {
  const marked = createMarkedDetector();
  const plain = fc
    .array(fc.constantFrom('a', ' ', '[', ']', '😀', '\n', 'Paris'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('').replaceAll(/\[+|\]+/g, ''));
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          plain,
          plain.filter((it) => it.trim() !== ''),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      async (parts) => {
        const text = parts.map(([before, surface]) => `${before}[[${surface}]]`).join('');
        let at = 0;
        const spans = parts.map(([before, surface]) => {
          const start = at + before.length;
          at = start + surface.length;
          return { start, end: at };
        });
        const bare = parts.flat().join('');
        const given = await createGivenSpansDetector({ spans }).detect(bare);
        const found = await marked.detect(text);
        expect(found.map(({ surface }) => surface)).toEqual(given.map(({ surface }) => surface.trim()));
        for (const { contextLeft, surface, contextRight } of found)
          expect(contextLeft! + surface + contextRight!).toBe(bare);
      },
    ),
  );
});
