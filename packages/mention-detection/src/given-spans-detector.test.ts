import { isReferentError } from '@referent/core';
import { expect, test } from 'vitest';
import { createGivenSpansDetector } from './index.js';

test('finds what it was given, and refuses what does not fit the text', async () => {
  const detector = createGivenSpansDetector({ spans: [{ start: 3, end: 8 }] });
  expect(await detector.detect('in Paris')).toEqual([{ start: 3, end: 8, surface: 'Paris' }]);
  const error = await detector.detect('in').catch((thrown: unknown) => thrown);
  expect(isReferentError(error, 'SPAN_INVALID')).toBe(true);
});

test('refuses an option that it does not have', () => {
  const misspelt = { spans: [], span: [{ start: 3, end: 8 }] };
  expect(() => createGivenSpansDetector(misspelt)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION', fix: 'Did you mean "spans"?' }),
  );
});
