import { Tokenizer as Library } from '@huggingface/tokenizers';
import { ReferentError } from '@referent/core';
import type { NormalizationRules } from './normalization.js';
import type { WordPieceModel } from './word-pieces.js';

/** Where a vocabulary comes from: the files of a model, already read. */
export type TokenizerSource = (
  | {
      /** A tokenizer.json: its text, or the object it parses to. */
      readonly tokenizerJson: string | object;
      /** A tokenizer_config.json, likewise. Its do_lower_case and special tokens count over tokenizer.json's. */
      readonly tokenizerConfig?: string | object;
    }
  | {
      /** The text of a vocab.txt: one token a line; the line is the id. */
      readonly vocabulary: string;
    }
) & {
  /** Overrides what the files say. @default as the files say; true for a vocab.txt */
  readonly lowercase?: boolean;
  /**
   * Lowers a capital sigma at the end of a word to ς, as Python's `lower()` does and with it the tokenizers that BERT and
   * BLINK were trained with; the library `tokenizers` makes it σ. @default what tokenizer_config.json says in `final_sigma`; false
   */
  readonly finalSigma?: boolean;
};

/** Ids of the tokens with a meaning of their own. */
export interface SpecialTokenIds {
  readonly cls: number;
  readonly sep: number;
  readonly pad: number;
  readonly unknown: number;
}

export interface ReadSource {
  readonly library: Library;
  readonly model: WordPieceModel;
  readonly rules: NormalizationRules;
  readonly finalSigma: boolean;
  readonly special: SpecialTokenIds;
  /** @throws `TOKENIZER_MISSING_TOKEN` */
  readonly idOf: (token: string) => number;
}

/** The parts of a tokenizer.json that are read here; the library reads the rest. */
interface TokenizerJson {
  readonly model?: {
    readonly type?: string;
    readonly vocab?: unknown;
    readonly unk_token?: string;
    readonly continuing_subword_prefix?: string;
    readonly max_input_chars_per_word?: number;
  };
  readonly normalizer?: {
    readonly type?: string;
    readonly clean_text?: boolean;
    readonly handle_chinese_chars?: boolean;
    readonly strip_accents?: boolean | null;
    readonly lowercase?: boolean;
  } | null;
  readonly pre_tokenizer?: { readonly type?: string } | null;
  readonly added_tokens?: readonly unknown[];
}

type TokenName = string | { readonly content: string } | null;

/** The parts of a tokenizer_config.json that are read here. */
interface TokenizerConfig {
  readonly do_lower_case?: boolean;
  /** Referent's own. */
  readonly final_sigma?: boolean;
  readonly strip_accents?: boolean | null;
  readonly tokenize_chinese_chars?: boolean;
  readonly cls_token?: TokenName;
  readonly sep_token?: TokenName;
  readonly pad_token?: TokenName;
}

export function readSource(source: TokenizerSource): ReadSource {
  const json =
    'vocabulary' in source
      ? tokenizerJsonOf(source.vocabulary)
      : parse<TokenizerJson>(source.tokenizerJson, 'tokenizer.json');
  const config =
    'vocabulary' in source ? {} : parse<TokenizerConfig>(source.tokenizerConfig ?? {}, 'tokenizer_config.json');
  assertBert(json);
  assertVocabulary(json.model?.vocab);

  const library = openLibrary({ post_processor: null, decoder: null, added_tokens: [], ...json }, config);
  const idOf = (token: string) => {
    const id = library.token_to_id(token);
    if (id === undefined) throw missingToken(token);
    return id;
  };
  const { normalizer } = json;
  const lowercase = source.lowercase ?? config.do_lower_case ?? normalizer?.lowercase ?? true;
  const unknown = idOf(json.model?.unk_token ?? '[UNK]');
  return {
    library,
    model: {
      ids: library.model!.tokens_to_ids,
      unknown,
      continuation: json.model?.continuing_subword_prefix ?? '##',
      longestWord: json.model?.max_input_chars_per_word ?? 100,
    },
    rules: {
      cleanText: normalizer?.clean_text ?? true,
      splitIdeographs: config.tokenize_chinese_chars ?? normalizer?.handle_chinese_chars ?? true,
      stripAccents: config.strip_accents ?? normalizer?.strip_accents ?? lowercase,
      lowercase,
    },
    finalSigma: lowercase && (source.finalSigma ?? config.final_sigma ?? false),
    special: {
      cls: idOf(nameOf(config.cls_token, '[CLS]')),
      sep: idOf(nameOf(config.sep_token, '[SEP]')),
      pad: idOf(nameOf(config.pad_token, '[PAD]')),
      unknown,
    },
    idOf,
  };
}

function tokenizerJsonOf(vocabulary: string): TokenizerJson {
  const lines = vocabulary.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const model = {
    type: 'WordPiece',
    vocab,
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
  };
  return { model, normalizer: { type: 'BertNormalizer' }, pre_tokenizer: { type: 'BertPreTokenizer' } };
}

function parse<T extends object>(source: string | object, file: string): T {
  try {
    const value: unknown = typeof source === 'string' ? JSON.parse(source) : source;
    if (typeof value === 'object' && value !== null) return value as T;
  } catch (cause) {
    throw invalid(`The ${file} is not JSON.`, cause);
  }
  throw invalid(`The ${file} is not a JSON object.`);
}

function openLibrary(json: object, config: object): Library {
  try {
    return new Library(json, config);
  } catch (cause) {
    throw invalid('The tokenizer.json cannot be read.', cause);
  }
}

function assertBert({ model, normalizer, pre_tokenizer }: TokenizerJson): void {
  const parts = [
    ['model', model?.type ?? 'WordPiece', 'WordPiece'],
    ['normalizer', normalizer?.type, 'BertNormalizer'],
    ['pre_tokenizer', pre_tokenizer?.type, 'BertPreTokenizer'],
  ] as const;
  for (const [part, found, expected] of parts) {
    if (found === expected) continue;
    throw new ReferentError('TOKENIZER_UNSUPPORTED', {
      what: `This tokenizer's ${part} is ${found ?? 'absent'}; only BERT's, ${expected}, is supported.`,
      fix: 'Use a model of the BERT family whose vocabulary is WordPiece.',
      details: { part, found, expected },
    });
  }
}

function assertVocabulary(vocab: unknown): void {
  const ids = typeof vocab === 'object' && vocab !== null ? Object.values(vocab) : [];
  if (ids.length === 0) throw invalid('The vocabulary is empty or absent.');
  if (!ids.every((id) => Number.isInteger(id) && id >= 0)) {
    throw invalid('The vocabulary has ids that are not whole numbers from 0 up.');
  }
}

function nameOf(token: TokenName | undefined, fallback: string): string {
  return (typeof token === 'string' ? token : token?.content) ?? fallback;
}

function invalid(what: string, cause?: unknown): ReferentError {
  return new ReferentError('TOKENIZER_INVALID', {
    what,
    ...(cause instanceof Error && { why: `${cause.message}.` }),
    fix: 'Get the model again, or point to the tokenizer.json or vocab.txt of a BERT model.',
    cause,
  });
}

function missingToken(token: string): ReferentError {
  return new ReferentError('TOKENIZER_MISSING_TOKEN', {
    what: `The vocabulary has no token ${token}.`,
    why: 'The inputs of the encoders are built around it.',
    fix: 'Use the vocabulary that belongs to the model, or name other marker tokens in the option `markers`.',
    details: { token },
  });
}
