import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunksOf } from './chunks.js';

const cut = (text: string, size: number) => [...chunksOf(text, size)].map(({ start, end }) => text.slice(start, end));

test('the chunks are the text, none too long, and no character is cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '. ', '\n\n', '😀') });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (given, size) => {
      const chunks = cut(given, size);
      expect(chunks.join('')).toBe(given);
      for (const chunk of chunks) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(size);
        expect(chunk).not.toMatch(/\p{Surrogate}/u);
      }
    }),
  );
});

test('cuts after a paragraph, else a sentence, else a word', () => {
  expect(cut('One and two.\n\nOne. Two three', 20)).toEqual(['One and two.\n\n', 'One. Two three']);
  expect(cut('Say one two. Three four five', 16)).toEqual(['Say one two. ', 'Three four five']);
  expect(cut('one two three four', 10)).toEqual(['one two ', 'three four']);
});
