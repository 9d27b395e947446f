import { describe, expect, it } from 'vitest';
import { boundaryTable } from '../src/boundaries.js';
import { createNormalizer } from '../src/normalization.js';
import { tokensForward } from '../src/tokens-of-text.js';
import { readGolden, smallTokenizer, tokenizerJson } from './goldens.js';

interface Case {
  readonly text: string;
  readonly ids: number[];
  readonly offsets: [start: number, end: number][];
}

const goldens = readGolden<Record<string, Case[]>>('tokens.json');

function tokensOf(text: string, normalizer: object = {}) {
  const { ids, offsets } = smallTokenizer(normalizer).encodeWithOffsets(text);
  return { text, ids, offsets: offsets.map(({ start, end }) => [start, end]) };
}

describe('ids and offsets of hard texts are those of the reference', () => {
  const settings = {
    lowercase: {},
    cased: { lowercase: false },
    lowercaseWithAccents: { strip_accents: false },
    casedWithoutAccents: { lowercase: false, strip_accents: true },
    asFoundWithRawText: { clean_text: false, handle_chinese_chars: false },
  };
  it.each(Object.entries(settings))('%s', (name, normalizer) => {
    const cases = goldens[name]!;
    expect(cases.length).toBeGreaterThan(60);
    const tokenizer = smallTokenizer(normalizer);
    for (const expected of cases) {
      const { ids, offsets } = tokenizer.encodeWithOffsets(expected.text);
      expect({ text: expected.text, ids, offsets: offsets.map(({ start, end }) => [start, end]) }).toEqual(expected);
    }
  });
});

/** fuzz.py wrote it: `npm run test:fuzz` compares as many more as one likes. */
describe('ids and offsets of random texts are those of the reference', () => {
  type Random = [setting: string, text: string, ids: number[], starts: number[], ends: number[]];
  const [{ settings }, ...cases] = readGolden<[{ settings: Record<string, object> }, ...Random[]]>('fuzz.json');

  it.each(Object.keys(settings))('%s', (name) => {
    const tokenizer = smallTokenizer(settings[name]);
    const own = cases.filter(([setting]) => setting === name);
    expect(own.length).toBeGreaterThanOrEqual(120);
    let reordered = 0;
    for (const [, text, ids, starts, ends] of own) {
      const found = tokenizer.encodeWithOffsets(text);
      expect({ text, ids: found.ids }).toEqual({ text, ids });
      // The second of the known differences below.
      if (marksChangePlaces(text)) reordered++;
      else expect({ text, offsets: found.offsets }).toEqual({ text, offsets: spansOf(starts, ends) });
    }
    expect(reordered).toBeLessThan(own.length / 5);
  });

  const spansOf = (starts: number[], ends: number[]) => starts.map((start, i) => ({ start, end: ends[i] }));

  function marksChangePlaces(text: string): boolean {
    const kept = [...text].filter((character) => !/[\p{C}\ufffd]/u.test(character));
    return kept.map((character) => character.normalize('NFD')).join('') !== kept.join('').normalize('NFD');
  }
});

describe('known differences from the reference', () => {
  it('special tokens in a text are plain text', () => {
    const { special } = smallTokenizer();
    for (const { text, ids } of goldens.specialTokensInText!) {
      const ours = tokensOf(text);
      expect(ours.ids).not.toEqual(ids);
      expect(ours.ids.some((id) => id === special.cls || id === special.sep || id === special.pad)).toBe(false);
      expect(ours.ids).toContain(tokenizerJson.model.vocab['[']);
    }
  });

  it('a word may begin or end elsewhere where decomposition reorders its marks; the ids are the same', () => {
    for (const expected of goldens.reorderedMarks!) {
      const ours = tokensOf(expected.text);
      expect(ours.ids).toEqual(expected.ids);
      expect(ours.offsets).not.toEqual(expected.offsets);
    }
  });
});

describe('every code point', () => {
  const { lowercase, cased } = readGolden<{
    lowercase: { ranges: [number, number][]; blocks: Record<string, number> };
    cased: Record<string, number>;
  }>('code-points.json');

  it.each([
    ['lowercase', lowercase.blocks, true],
    ['cased', cased, false],
  ] as const)('%s: is dropped, separates, stands alone and changes as in the reference', (_, blocks, lower) => {
    const rules = { cleanText: true, splitIdeographs: true, stripAccents: lower, lowercase: lower };
    const found: Record<string, number> = {};
    let words: string[] = [];
    const normalizer = createNormalizer(rules, 100);
    const splitter = {
      boundaries: boundaryTable(rules),
      tokens(run: string) {
        words.push(...normalizer.words(run).map((word) => word.characters.join('')));
        return { ids: [], starts: [], ends: [] };
      },
    };
    for (const [first, last] of lowercase.ranges) {
      for (let codePoint = first; codePoint <= last; codePoint++) {
        const block = Math.floor(codePoint / 4096);
        words = [];
        tokensForward(splitter, `a${String.fromCodePoint(codePoint)}b`, () => true);
        found[block] = checksum(words.join(' '), found[block] ?? 0x811c9dc5);
      }
    }
    expect(found).toEqual(blocks);
  });
});

/** FNV-1a over UTF-16 units, as in make-goldens.py. */
function checksum(text: string, seed: number): number {
  for (let i = 0; i < text.length; i++) seed = Math.imul(seed ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return seed;
}
