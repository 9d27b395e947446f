import { describe, expect, test } from 'vitest';
import { namesOf } from '../test/fakes.js';
import { createNamesDetector } from './index.js';

const titles = `Paris|Paris, Texas|New York|New York City|York|Reading|Mobile|St. Louis|George W. Bush|Bush|Young|U.S.A.|
  University of Oxford|Oxford|Stalin|Smith|May|Washington D.C.|Washington|Martin Luther King Jr.|John Paul|Victoria|
  mobile phone|function|The Who|Lincoln (film)|Johnson & Johnson|IT`;
const names = namesOf(...titles.split('|').map((title) => title.trim()));

const found = async (text: string, options = {}) => {
  const mentions = await createNamesDetector({ names, ...options }).detect(text);
  for (const { start, end, surface } of mentions) expect(text.slice(start, end)).toBe(surface);
  return mentions.map(({ surface }) => surface);
};

describe('finds', () => {
  test.each([
    ['the longest name', 'He left New York City for New York.', ['New York City', 'New York']],
    [
      'names of other case, and plurals',
      'PARIS is not the only one of two Victorias, they say.',
      ['PARIS', 'Victorias'],
    ],
    ['a name without its possessive', "It is Young's idea, and Smith’s.", ['Young', 'Smith']],
    ['names with abbreviations', 'From St. Louis came George W. Bush.', ['St. Louis', 'George W. Bush']],
    [
      'a full stop that belongs to the name',
      'In the U.S.A. he met Martin Luther King Jr. twice.',
      ['U.S.A.', 'Martin Luther King Jr.'],
    ],
    ['"City, D.C." as one name', 'He went to Washington, D.C. by train.', ['Washington, D.C.']],
    ['a name with a comma where it is written so', 'a ranch near Paris, Texas', ['Paris, Texas']],
    ['a name with a bracket', 'He saw Lincoln (film) twice.', ['Lincoln (film)']],
    ['a name with "&"', 'a drug of Johnson & Johnson is', ['Johnson & Johnson']],
    ['names over a line break', 'the mayor of New\nYork said', ['New\nYork']],
    ['the name in a compound', 'a Paris-based, pro-Stalin paper', ['Paris', 'Stalin']],
    ['a name with small words in it', 'at the University of Oxford he', ['University of Oxford']],
    [
      'a small name where the knowledge base writes it so',
      'a mobile phone calls a function',
      ['mobile phone', 'function'],
    ],
    ['the same at the head of a sentence', 'Function calls are cheap.', ['Function']],
    [
      'a common word that is a name mid-sentence',
      'He was born in Reading and died in May of that year.',
      ['Reading', 'May'],
    ],
    ['a name at the head of a sentence', 'Paris fell. Stalin won.', ['Paris', 'Stalin']],
    ['everything in a text without capitals', 'from paris to new york, reading', ['paris', 'new york']],
  ])('%s', async (_, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });
});

describe('leaves alone', () => {
  test.each([
    ['a common word in small letters', 'He was reading on a mobile in May.', ['May']],
    ['a common word at the head of a sentence', 'Reading is fun. May I? “Young people," he said.', []],
    ['a common word in a heading', 'READING FOR PARIS\n\nYoung Hearts in Paris', ['PARIS', 'Paris']],
    ['names across sentences', 'He saw New. York was far.', ['York']],
    ['names across commas', 'The apostles John, Paul and the rest', []],
    ['names across paragraphs', 'the New\n\nYork', ['York']],
    ['parts of double names', 'Mrs Smith-Young came', []],
    ['names inside of words', 'Parisian Bushmen in comparison', []],
  ])('%s', async (_, text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  test('a word that its writer uses in small letters, and not otherwise', async () => {
    expect(await found('Bush fires burn. The bush is dry.')).toEqual([]);
    expect(await found('Victoria rode. Then came Victoria again in a victoria.')).toEqual(['Victoria', 'Victoria']);
  });
});

test('looks inside a name that does not count', async () => {
  expect(await found('old new York')).toEqual(['new York']);
  expect(await found('Oxford of new york and Oxford')).toEqual(['Oxford', 'Oxford']);
});

test('takes every occurrence where names are no proper names', async () => {
  const options = { namesAreProper: false };
  expect(await found('Reading mobile phones in new york.', options)).toEqual(['Reading', 'mobile phones', 'new york']);
});

test('cut into chunks, a long text gives what its parts give', async () => {
  const part = 'Paris saw George W. Bush. He was reading in Reading, and in New\nYork 😀.\n\n';
  const mentions = await createNamesDetector({ names }).detect(part.repeat(4000));
  const once = await createNamesDetector({ names }).detect(part);
  expect(mentions.slice(-once.length)).toEqual(
    once.map(({ start, end, surface }) => {
      const shift = part.length * 3999;
      return { start: start + shift, end: end + shift, surface };
    }),
  );
  expect(mentions).toHaveLength(4000 * once.length);
});

test('the work grows with the text, not faster', async () => {
  const counting = namesOf('Paris', 'New York City');
  await createNamesDetector({ names: counting }).detect('new york Paris-based. '.repeat(20_000));
  expect(counting.scanned).toBeLessThan(10 * 3 * 20_000);
});

test('reports progress and stops when told', async () => {
  const detector = createNamesDetector({ names });
  const text = 'Paris is far. '.repeat(20_000);
  const done: number[] = [];
  await detector.detect(text, { onProgress: (progress) => done.push(progress.done) });
  expect(done.at(-1)).toBe(text.length);
  expect(done.length).toBeGreaterThan(1);
  const controller = new AbortController();
  const detecting = detector.detect(text, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('stopped')),
  });
  await expect(detecting).rejects.toThrow('stopped');
});
