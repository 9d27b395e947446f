import { expect, test } from 'vitest';
import type { CasedWord } from './casing.js';
import { hyphenParts } from './hyphens.js';

const wordOf = (written: string, doubtful = false): CasedWord => ({
  start: 10,
  end: 10 + written.length,
  normalized: written.toLowerCase().replaceAll('-', ''),
  written,
  capitalised: true,
  joint: { kind: 'open', begins: false },
  doubtful,
});

test.each([
  ['Paris-based', 'Paris', 10],
  ['pro-Stalin', 'Stalin', 14],
  ['non-U.S.-born', 'U.S.', 14],
])('%s has the part %s', (written, part, start) => {
  const [found, ...others] = hyphenParts(wordOf(written));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ start, end: start + part.length, written: part, capitalised: true, doubtful: false });
  expect(found!.joint).toEqual({ kind: 'shut', begins: false });
});

test.each(['Smith-Jones', 'well-known', 'pre-iPhone', 'e-ǅ', '-'])('%s has none', (written) => {
  expect(hyphenParts(wordOf(written))).toEqual([]);
});

test('a part is doubtful where it begins a doubtful word', () => {
  const doubt = (written: string) =>
    hyphenParts(wordOf(written, true)).map(({ doubtful, joint }) => [doubtful, joint.begins]);
  expect(doubt('Paris-based')).toEqual([[true, true]]);
  expect(doubt('pro-Stalin')).toEqual([[false, false]]);
});
