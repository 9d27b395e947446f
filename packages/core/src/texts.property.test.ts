import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isReferentError,
  mentionInContext,
  mentionsFromSpans,
  nameWords,
  normalizeName,
  splitsCharacter,
} from './index.js';

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'Paris',
        ' ',
        "'s",
        '’',
        '-',
        '.',
        '&',
        '(',
        ')',
        'é',
        'e\u0301',
        'İ',
        'ß',
        '😀',
        '\ud83d',
        '\ude00',
        '中',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));

describe('nameWords', () => {
  it('are stretches of letters, numbers and marks of the text, in order, with nothing of the kind between them', () => {
    fc.assert(
      fc.property(text, (given) => {
        let end = 0;
        for (const word of nameWords(given)) {
          expect(given.slice(end, word.start)).not.toMatch(/[\p{L}\p{N}\p{M}]/u);
          expect(given.slice(word.start, word.end)).toMatch(/^[\p{L}\p{N}\p{M}]/u);
          expect([word.start, word.end].some((position) => splitsCharacter(given, position))).toBe(false);
          expect(word.normalized).not.toMatch(/['’.&-]/u);
          ({ end } = word);
        }
        expect(given.slice(end)).not.toMatch(/[\p{L}\p{N}\p{M}]/u);
      }),
    );
  });

  it('of two texts are those of both together, where a blank parts them', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(normalizeName(`${left} ${right}`)).toBe(
          [normalizeName(left), normalizeName(right)].filter(Boolean).join(' '),
        );
      }),
    );
  });
});

describe('mentionsFromSpans', () => {
  const spans = fc.array(fc.record({ start: fc.integer({ min: -1, max: 12 }), end: fc.integer({ min: 0, max: 13 }) }), {
    maxLength: 4,
  });

  it('gives the mentions of spans that are whole, or says what is wrong: what a plain reading of the rules says', () => {
    fc.assert(
      fc.property(text, spans, (given, list) => {
        const isWhole = list.every(({ start, end }) => {
          if (start < 0 || end > given.length || start >= end) return false;
          // A pair's second half alone is a unit that no character begins with.
          const starts = new Set<number>([given.length]);
          for (let at = 0; at < given.length; at += given.codePointAt(at)! > 0xffff ? 2 : 1) starts.add(at);
          return starts.has(start) && starts.has(end);
        });
        const owners = Array.from(
          { length: given.length },
          (_, at) => list.filter(({ start, end }) => start <= at && at < end).length,
        );
        const expected = !isWhole ? 'SPAN_INVALID' : owners.some((count) => count > 1) ? 'SPAN_OVERLAP' : undefined;
        try {
          const mentions = mentionsFromSpans(given, list);
          expect(expected).toBeUndefined();
          expect(mentions).toHaveLength(list.length);
          mentions.forEach((mention, i) => {
            if (i > 0) expect(mention.start).toBeGreaterThanOrEqual(mentions[i - 1]!.end);
            const { contextLeft, surface, contextRight } = mentionInContext(given, mention);
            expect(contextLeft + surface + contextRight).toBe(given);
          });
        } catch (error) {
          if (!isReferentError(error)) throw error;
          expect(error.code).toBe(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
