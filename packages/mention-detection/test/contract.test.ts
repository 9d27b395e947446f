import { type MentionDetector, mentionInContext } from '@referent/core';
import { testMentionDetector } from '@referent/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createAutoDetector,
  createGivenSpansDetector,
  createMarkedDetector,
  createNamesDetector,
  createStatisticalDetector,
} from '../src/index.js';
import { namesOf } from './fakes.js';

const names = namesOf('Paris', 'New York', 'St. Louis', 'Washington, D.C.', 'Young', 'George W. Bush', 'Reading');
const detectors: readonly (readonly [MentionDetector, { readonly marks: boolean }])[] = [
  [createMarkedDetector(), { marks: true }],
  [createGivenSpansDetector({ spans: [] }), { marks: false }],
  [createNamesDetector({ names }), { marks: false }],
  [createNamesDetector({ names, namesAreProper: false }), { marks: false }],
  [createStatisticalDetector(), { marks: false }],
  [createAutoDetector({ names }), { marks: true }],
  [createAutoDetector(), { marks: true }],
];

const pieces =
  `Paris New York St. Louis Washington, D.C. Young's reading Reading George W. Bush U.S. Dr. IBM (NASA) “Who” don't
  They've Gonna 5pm O'Neill Smith-Jones AC/DC 😀 É é́ \ud83d \ude00 [[ ]] [[[ the of and . , ! ? ; : - – — ' ’ " & ( ) 1815 http://a.b/C
  @me #tag 東京 Ωmega ß ǅ`.split(/\s+/);
const text = fc
  .array(
    fc.tuple(
      fc.constantFrom(...pieces),
      fc.constantFrom(' ', ' ', ' ', '', '\n', '\r\n', '\n\n', '\t', '\u00a0', '. '),
    ),
    {
      maxLength: 40,
    },
  )
  .map((list) => list.flat().join(''));

describe.each(detectors)('$name', (detector, { marks }) => {
  test('mentions are in order, do not overlap, and say what stands at their place', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        let end = 0;
        for (const mention of await detector.detect(given)) {
          expect(mention.start).toBeGreaterThanOrEqual(end);
          expect(mention.end).toBeGreaterThan(mention.start);
          expect(given.slice(mention.start, mention.end)).toBe(mention.surface);
          expect(mention.surface.trim()).toBe(mention.surface);
          end = mention.end;
          if (marks) continue;
          const { contextLeft, surface, contextRight } = mentionInContext(given, mention);
          expect(contextLeft + surface + contextRight).toBe(given);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('nothing is in an empty text, in blanks, in punctuation', async () => {
    for (const nothing of ['', ' \n\t', '...', '[[]] ]] [[', '\ud83d'])
      expect(await detector.detect(nothing)).toEqual([]);
  });

  test('gives the same answer twice', async () => {
    const given = 'In Paris [[George W. Bush]] met Young of St. Louis.';
    expect(await detector.detect(given)).toEqual(await detector.detect(given));
  });
});

const example = (text: string, ...surfaces: string[]) => ({ text, surfaces });
const plain = 'Then George W. Bush met Young’s friends in St. Louis.';

testMentionDetector('marked', {
  create: async () => createMarkedDetector(),
  examples: [example('[[Paris]] and [[the town]]', 'Paris', 'the town'), example(plain)],
});
testMentionDetector('names', {
  create: async () => createNamesDetector({ names }),
  examples: [example(plain, 'George W. Bush', 'Young', 'St. Louis'), example('Then Zorblax came.')],
});
testMentionDetector('statistical', {
  create: async () => createStatisticalDetector(),
  examples: [example(plain, 'George W. Bush', 'Young', 'St. Louis'), example('Then Zorblax came.', 'Zorblax')],
});
testMentionDetector('auto', {
  create: async () => createAutoDetector({ names }),
  examples: [example(plain, 'George W. Bush', 'Young', 'St. Louis'), example('Then [[Zorblax]] met Young.', 'Zorblax')],
});
testMentionDetector('given spans', {
  create: async () => createGivenSpansDetector({ spans: [] }),
  examples: [example(plain)],
  knownDivergences: {
    'finds what its examples say': 'it finds what it is given, and nothing suits all texts of the suite',
  },
});
