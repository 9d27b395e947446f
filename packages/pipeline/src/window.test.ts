import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableWindow } from './window.js';

test('cuts each side, and the mention itself', () => {
  const window = readableWindow({ contextLeft: 'abcdef', surface: 'ghijkl', contextRight: 'mnopqr', world: 'w' }, 3);
  expect(window).toEqual({ contextLeft: 'def', surface: 'ghi', contextRight: 'mno', world: 'w' });
});

test('never cuts a character in two, and mends what came in cut', () => {
  expect(readableWindow({ contextLeft: '😀ab', surface: 'a😀', contextRight: 'a😀' }, 2)).toEqual({
    contextLeft: 'ab',
    surface: 'a',
    contextRight: 'a',
  });
  expect(readableWindow({ contextLeft: 'x😀', surface: 'a\ud83d', contextRight: '\ude00' }, 9)).toEqual({
    contextLeft: 'x😀',
    surface: 'a\ufffd',
    contextRight: '\ufffd',
  });
});

test('is always well formed and within the limit', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '😀', '\ud83d', '\ude00') });
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 1, max: 9 }), (contextLeft, surface, contextRight, characters) => {
      const window = readableWindow({ contextLeft, surface, contextRight }, characters);
      for (const part of [window.contextLeft, window.surface, window.contextRight]) {
        expect(part.length).toBeLessThanOrEqual(characters);
        expect(part).not.toMatch(/\p{Surrogate}/u);
      }
    }),
  );
});
