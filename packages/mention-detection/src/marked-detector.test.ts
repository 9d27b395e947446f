import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMarkedDetector } from './index.js';

const detect = createMarkedDetector().detect;
const surfaces = async (text: string) => (await detect(text)).map(({ surface }) => surface);

test('places are those of the words in the text as given; contexts are free of all marks', async () => {
  const text = '[[Paris]] carried [[Helen]] off to [[ Troy ]]!';
  expect(await detect(text)).toEqual([
    { start: 2, end: 7, surface: 'Paris', contextLeft: '', contextRight: ' carried Helen off to  Troy !' },
    { start: 20, end: 25, surface: 'Helen', contextLeft: 'Paris carried ', contextRight: ' off to  Troy !' },
    { start: 38, end: 42, surface: 'Troy', contextLeft: 'Paris carried Helen off to  ', contextRight: ' !' },
  ]);
  for (const { start, end, surface } of await detect(text)) expect(text.slice(start, end)).toBe(surface);
});

test.each([
  ['[[]] [[  ]]', []],
  ['[[open', []],
  ['closed]]', []],
  [']] [[a]] [[', ['a']],
  ['[[a [[b]] c]]', ['b']],
  ['[[[a]]]', ['a']],
  ['[[a]]]]', ['a']],
  ['[[a]][[b]]', ['a', 'b']],
  ['[[a\nb]]', ['a\nb']],
  ['[a] [[b]', []],
  ['[[x[0]]]', ['x[0']],
  ['[[😀]] [[\ud83d]]', ['😀', '\ud83d']],
])('%j marks %j', async (text, expected) => {
  expect(await surfaces(text)).toEqual(expected);
});

test('contexts and surface together are the text without the pairs that count', async () => {
  const pieces = fc.array(fc.constantFrom('[[', ']]', '[', ' ', 'a', '😀', '\n'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(pieces, async (list) => {
      const text = list.join('');
      const mentions = await detect(text);
      const plain = new Set(
        mentions.map(({ contextLeft, surface, contextRight }) => contextLeft! + surface + contextRight!),
      );
      if (mentions.length > 0)
        expect([...plain].map(({ length }) => length)).toEqual([text.length - 4 * mentions.length]);
    }),
  );
});

test('ten thousand marks in 10 MB are one text, not ten thousand', async () => {
  const text = `${'word '.repeat(200)}[[Paris]] `.repeat(10_000);
  const before = process.memoryUsage();
  const mentions = await detect(text);
  const after = process.memoryUsage();
  expect(mentions).toHaveLength(10_000);
  expect(mentions.at(-1)!.contextLeft).toHaveLength(mentions.at(-1)!.start - 2 - 4 * 9_999);
  // Copies of the contexts would be 100 GB.
  expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(200e6);
});

test('brackets that never meet take no longer than others', async () => {
  expect(await surfaces('[['.repeat(1e6))).toEqual([]);
  expect(await surfaces(']]'.repeat(1e6))).toEqual([]);
  expect(await surfaces(`${'[[ '.repeat(1e6)}a]]`)).toEqual(['a']);
});
