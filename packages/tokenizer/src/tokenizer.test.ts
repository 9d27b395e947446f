import { Tokenizer as Library } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallTokenizer, tokenizerJson } from '../test/goldens.js';
import { createTokenizer, type TokenizerOptions } from './index.js';

const tokenizer = smallTokenizer();
const { vocab } = tokenizerJson.model;
const vocabularyLines = Object.keys(vocab).sort((a, b) => vocab[a]! - vocab[b]!);

/** Words, spaces, scripts and code points of all sorts, lone surrogates too. */
const hardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'paris ',
        'unable',
        ' Troy',
        '中',
        '𠮷',
        'é',
        'e\u0301',
        'İ',
        '\u200d',
        '[SEP]',
        '!',
        ' ',
        '\ud800',
        '\udc00',
        '가',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('createTokenizer', () => {
  it('tells the ids that inputs are composed of', () => {
    expect(tokenizer.vocabularySize).toBe(Object.keys(vocab).length);
    expect(tokenizer.special).toEqual({ cls: 101, sep: 102, pad: 0, unknown: 100 });
    expect(tokenizer.markers).toEqual({ mentionStart: 1, mentionEnd: 2, title: 3 });
  });

  it('reads the text of a tokenizer.json, and a vocab.txt with any line ends', () => {
    const text = 'Paris carried Helen off to Troy, unable 𠮷';
    for (const options of [
      { tokenizerJson: JSON.stringify(tokenizerJson) },
      { vocabulary: vocabularyLines.join('\n') },
      { vocabulary: `${vocabularyLines.join('\r\n')}\r\n` },
    ]) {
      const other = createTokenizer(options);
      expect(other.vocabularySize).toBe(vocabularyLines.length);
      expect(other.encode(text)).toEqual(tokenizer.encode(text));
    }
  });

  it('lowers a capital sigma at the end of a word as Unicode does, where it is asked to', () => {
    const final = createTokenizer({ tokenizerJson, tokenizerConfig: { final_sigma: true } });
    const rest = [
      'ΟΔΟΣ',
      "ΟΔΟΣ'",
      'ΣΟΦΟΣ ΣΣ Σ',
      'ΟΔΟΣ.',
      'ΟΔΟΣ.Α',
      "ΟΔΟΣ'Α Σ",
      'Σ.Ο.Σ. Σ',
      'ΟΣ\u0301',
      'ΟΣ\u0301Α',
      'ΟΣ中Σ',
    ];
    for (const text of rest) {
      expect(final.encode(text), text).toEqual(tokenizer.encode(text.toLowerCase()));
      expect(final.encode(text, { keep: 'last', limit: 99 }), text).toEqual(final.encode(text));
    }
    expect(tokenizer.encode('ΟΔΟΣ')).toEqual(tokenizer.encode('οδοσ'));
    expect(final.encode('ΟΔΟΣ')).toEqual(tokenizer.encode('οδος'));
    const cased = { tokenizerJson, lowercase: false };
    expect(createTokenizer({ ...cased, finalSigma: true }).encode('ΟΣ')).toEqual(createTokenizer(cased).encode('ΟΣ'));
  });

  it('lowercases as the option says, else tokenizer_config.json, else tokenizer.json', () => {
    const isLower = (options: Partial<TokenizerOptions>) =>
      createTokenizer({ tokenizerJson, ...options } as TokenizerOptions).lowercase;
    const vocabulary = vocabularyLines.join('\n');
    expect(isLower({})).toBe(true);
    expect(isLower({ tokenizerConfig: { do_lower_case: false } })).toBe(false);
    expect(isLower({ tokenizerConfig: '{"do_lower_case":false}', lowercase: true })).toBe(true);
    expect(createTokenizer({ vocabulary }).lowercase).toBe(true);
    expect(createTokenizer({ vocabulary, lowercase: false }).lowercase).toBe(false);
  });

  it('takes the names of special tokens and markers', () => {
    const named = createTokenizer({
      tokenizerJson,
      tokenizerConfig: { cls_token: '[unused10]', sep_token: { content: '[unused11]' } },
      markers: { mentionStart: '[unused5]', mentionEnd: '[unused6]', title: '[unused7]' },
    });
    expect(named.special).toMatchObject({ cls: vocab['[unused10]'], sep: vocab['[unused11]'] });
    expect(named.markers).toEqual({ mentionStart: 6, mentionEnd: 7, title: 8 });
  });

  it.each([
    ['TOKENIZER_INVALID', { tokenizerJson: '{"model":' }],
    ['TOKENIZER_INVALID', { tokenizerJson: '7' }],
    ['TOKENIZER_INVALID', { tokenizerJson, tokenizerConfig: 'null' }],
    ['TOKENIZER_INVALID', { tokenizerJson: { ...tokenizerJson, model: { type: 'WordPiece', vocab: {} } } }],
    ['TOKENIZER_INVALID', { tokenizerJson: { ...tokenizerJson, model: { type: 'WordPiece', vocab: { a: 0.5 } } } }],
    ['TOKENIZER_INVALID', { tokenizerJson: { ...tokenizerJson, added_tokens: 7 } }],
    ['TOKENIZER_UNSUPPORTED', { tokenizerJson: { ...tokenizerJson, model: { type: 'BPE', vocab } } }],
    ['TOKENIZER_UNSUPPORTED', { tokenizerJson: { ...tokenizerJson, normalizer: { type: 'NFC' } } }],
    ['TOKENIZER_UNSUPPORTED', { tokenizerJson: { ...tokenizerJson, pre_tokenizer: null } }],
    ['TOKENIZER_MISSING_TOKEN', { vocabulary: '[PAD]\n[UNK]\n[SEP]\na' }],
    ['TOKENIZER_MISSING_TOKEN', { tokenizerJson, markers: { mentionStart: '<m>', mentionEnd: '</m>', title: '<t>' } }],
  ] as [string, TokenizerOptions][])('throws %s (%#)', (code, options) => {
    expect(() => createTokenizer(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('encode', () => {
  it('cuts words into the pieces of the library', () => {
    const library = new Library(tokenizerJson, {});
    const words = fc.string({ unit: fc.constantFrom(...'abcdeinghlrstuvyzé中д'), maxLength: 110 });
    fc.assert(
      fc.property(fc.array(words), (list) => {
        const text = list.join(' ');
        expect(tokenizer.encode(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
      }),
    );
  });

  it('cannot be made to give a special token or a marker', () => {
    const { special, markers } = tokenizer;
    const reserved = new Set([special.cls, special.sep, special.pad, ...Object.values(markers)]);
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('[CLS]', '[SEP]', '[PAD]', '[unused0]', '[unused2]', '[', ']', ' ', '\u200b', '##ing'),
        ),
        (parts) => {
          expect(tokenizer.encode(parts.join('')).some((id) => reserved.has(id))).toBe(false);
        },
      ),
    );
  });

  it('drops lone surrogates, as other characters that no text can hold', () => {
    expect(tokenizer.encode('pa\ud800ris \udc00 \ud83d')).toEqual(tokenizer.encode('paris'));
  });

  it('gives the first or last of the tokens that the whole text has', () => {
    fc.assert(
      fc.property(hardText, fc.nat(40), (text, limit) => {
        const all = tokenizer.encodeWithOffsets(text);
        expect(tokenizer.encode(text)).toEqual(all.ids);
        expect(tokenizer.encode(text, { keep: 'last' })).toEqual(all.ids);
        const first = { ids: all.ids.slice(0, limit), offsets: all.offsets.slice(0, limit) };
        expect(tokenizer.encodeWithOffsets(text, { limit })).toEqual(first);
        const cut = Math.max(0, all.ids.length - limit);
        const last = { ids: all.ids.slice(cut), offsets: all.offsets.slice(cut) };
        expect(tokenizer.encodeWithOffsets(text, { limit, keep: 'last' })).toEqual(last);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on what was tokenized before', () => {
    const busy = smallTokenizer();
    for (let i = 0; i < 70_000; i++) busy.encode(`w${i}`);
    for (const text of ['w1 w69999 paris unable', 'w1 w69999 paris unable']) {
      expect(busy.encodeWithOffsets(text)).toEqual(smallTokenizer().encodeWithOffsets(text));
    }
  });

  it.each([
    ['words', 'paris and troy, '.repeat(650_000)],
    ['one word', 'a'.repeat(10_000_000)],
    ['one accented word', 'é'.repeat(5_000_000)],
    ['nothing but invisible characters', '\u200b'.repeat(3_300_000)],
  ])('takes a text of 10 MB: %s', (_, text) => {
    const tokens = tokenizer.encode(text);
    expect(tokenizer.encode(text, { limit: 5 })).toEqual(tokens.slice(0, 5));
    expect(tokenizer.encode(text, { limit: 5, keep: 'last' })).toEqual(tokens.slice(-5));
  });
});

describe('encodeWithOffsets', () => {
  it('points into the text, in order', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        let end = 0;
        let start = 0;
        for (const span of tokenizer.encodeWithOffsets(text).offsets) {
          expect(span.start).toBeGreaterThanOrEqual(start);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeLessThanOrEqual(text.length);
          ({ start, end } = span);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('counts UTF-16 units of the original text', () => {
    const text = '🙂 𠮷野 Cafe\u0301!';
    const { offsets } = tokenizer.encodeWithOffsets(text);
    expect(offsets.map(({ start, end }) => text.slice(start, end))).toEqual(['🙂', '𠮷', '野', 'Cafe', '!']);
  });
});

describe('decode', () => {
  it('gives readable text', () => {
    expect(tokenizer.decode(tokenizer.encode('Running players, unable.'))).toBe('running players, unable.');
    expect(tokenizer.decode([])).toBe('');
  });
});
