import { describe, expect, test } from 'vitest';
import { createStatisticalDetector } from './index.js';

const detector = createStatisticalDetector();
const found = async (text: string) => {
  const mentions = await detector.detect(text);
  for (const { start, end, surface } of mentions) expect(text.slice(start, end)).toBe(surface);
  return mentions.map(({ surface }) => surface);
};

describe('finds', () => {
  test.each([
    [
      'people and places',
      'Mark Twain met Marie Curie in New Orleans. Mark it.',
      ['Mark Twain', 'Marie Curie', 'New Orleans'],
    ],
    ['organisations', 'She left IBM for the University of Oxford.', ['IBM', 'University of Oxford']],
    ['names without their titles', 'Then President Lincoln saw Dr. Watson.', ['Lincoln', 'Watson']],
    [
      'names without possessives',
      'Andrew Jackson’s war in the U.S. was Jackson’s.',
      ['Andrew Jackson', 'U.S.', 'Jackson'],
    ],
    [
      'words that are unknown but capitalised',
      'They deploy Kubernetes on Zorblax Prime.',
      ['Kubernetes', 'Zorblax Prime'],
    ],
    ['names in quotes and brackets', 'from “Paris” (Texas) to "Troy"', ['Paris', 'Texas', 'Troy']],
    ['the same name every time', 'Paris, Paris, and Paris', ['Paris', 'Paris', 'Paris']],
    ['names after characters of two units and after other line ends', '😀 see\r\n\r\n😀 in Paris\r\nhe', ['Paris']],
  ])('%s', async (_, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });
});

test.each([
  'Light passes through it. Reading is fun.',
  'On Monday, 1 September, we go.',
  'See http://example.com/Paris and @Paris, #Paris.',
  'The American and the president.',
])('finds nothing in %j', async (text) => {
  expect(await found(text)).toEqual([]);
});

test('commas, sentences and possessives part names', async () => {
  expect(await found('We saw Paris, London and Rome. Wilson saw Wilson’s Paris.')).toEqual([
    'Paris',
    'London',
    'Rome',
    'Wilson',
    'Wilson',
    'Paris',
  ]);
});

test('cut into chunks, a long text gives what its parts give', async () => {
  const part = 'They’ve met Mark Twain in New Orleans 😀.\r\n\r\n';
  const mentions = await detector.detect(part.repeat(800));
  expect(mentions.map(({ surface }) => surface)).toEqual(Array(800).fill(['Mark Twain', 'New Orleans']).flat());
  const last = part.length * 799;
  expect(mentions.at(-1)).toMatchObject({ start: last + part.indexOf('New') });
});

test('stops between chunks when told', async () => {
  const controller = new AbortController();
  const detecting = detector.detect('Paris is far away. '.repeat(2000), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('stopped')),
  });
  await expect(detecting).rejects.toThrow('stopped');
});
