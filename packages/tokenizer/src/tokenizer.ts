import { assertKnownOptions, type Span } from '@referent/core';
import { readSource, type SpecialTokenIds, type TokenizerSource } from './source.js';
import { type TakeToken, tokensBackward, tokensForward } from './tokens-of-text.js';
import { createWordPieces } from './word-pieces.js';

/** What marks a mention in its context, and the end of an entity's title. */
export interface Markers<Token> {
  readonly mentionStart: Token;
  readonly mentionEnd: Token;
  readonly title: Token;
}

export interface EncodeOptions {
  /** At most this many tokens. The work is in proportion to it, not to the text. @default all */
  readonly limit?: number;
  /** Which tokens a limit leaves. @default 'first' */
  readonly keep?: 'first' | 'last';
}

/** Ids, and for each the stretch of the original text that it stands for. */
export interface TokensWithOffsets {
  readonly ids: number[];
  /** UTF-16 positions, ordered. Several tokens may stand for one character. */
  readonly offsets: Span[];
}

/** Turns text into WordPiece ids. Special tokens are never read from text: "[SEP]" in it is a bracket, a word, a bracket. */
export interface Tokenizer {
  /** Ids are 0 to vocabularySize - 1. */
  readonly vocabularySize: number;
  readonly lowercase: boolean;
  readonly special: SpecialTokenIds;
  readonly markers: Markers<number>;
  /** The ids of a text, without special tokens. */
  encode(text: string, options?: EncodeOptions): number[];
  encodeWithOffsets(text: string, options?: EncodeOptions): TokensWithOffsets;
  /** The text of some ids, as far as it can be told: for people, not for programs. */
  decode(ids: readonly number[]): string;
}

export type TokenizerOptions = TokenizerSource & {
  /** Names of the marker tokens; the default is BLINK's. @default [unused0], [unused1], [unused2] */
  readonly markers?: Markers<string>;
};

const optionNames = ['tokenizerJson', 'tokenizerConfig', 'vocabulary', 'lowercase', 'finalSigma', 'markers'];

/**
 * Makes a tokenizer of a BERT vocabulary: WordPiece after BERT's own normalization.
 * Gives the ids of the Python library `tokenizers`, except that it reads no special tokens from text.
 * @throws `TOKENIZER_INVALID` the vocabulary cannot be read
 * @throws `TOKENIZER_UNSUPPORTED` a tokenizer of another kind
 * @throws `TOKENIZER_MISSING_TOKEN` a special or marker token is not in the vocabulary
 */
export function createTokenizer(options: TokenizerOptions): Tokenizer {
  assertKnownOptions('createTokenizer', options, optionNames);
  const { markers = { mentionStart: '[unused0]', mentionEnd: '[unused1]', title: '[unused2]' } } = options;
  const { library, model, rules, finalSigma, special, idOf } = readSource(options);
  const pieces = { ...createWordPieces(model, rules), finalSigma };

  function collect(text: string, { limit, keep }: EncodeOptions, push: (...token: Parameters<TakeToken>) => number) {
    if (limit !== undefined && limit <= 0) return;
    const tokens = keep === 'last' ? tokensBackward : tokensForward;
    tokens(pieces, text, (run, i, start) => push(run, i, start) !== limit);
  }

  return {
    vocabularySize: library.model!.vocab.length,
    lowercase: rules.lowercase,
    special,
    markers: {
      mentionStart: idOf(markers.mentionStart),
      mentionEnd: idOf(markers.mentionEnd),
      title: idOf(markers.title),
    },
    encode(text, options = {}) {
      const ids: number[] = [];
      collect(text, options, (run, i) => ids.push(run.ids[i]!));
      return options.keep === 'last' ? ids.reverse() : ids;
    },
    encodeWithOffsets(text, options = {}) {
      const ids: number[] = [];
      const offsets: Span[] = [];
      collect(text, options, (run, i, start) => {
        ids.push(run.ids[i]!);
        return offsets.push({ start: start + run.starts[i]!, end: start + run.ends[i]! });
      });
      if (options.keep === 'last') {
        ids.reverse();
        offsets.reverse();
      }
      return { ids, offsets };
    },
    decode: (ids) => (ids.length === 0 ? '' : library.decode([...ids])),
  };
}
