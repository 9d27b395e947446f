import { createTokenizer } from '@referent/tokenizer';
import { contradictionError } from './errors.js';
import { readTextFile } from './read-json.js';

export interface TokenizerFiles {
  readonly tokenizerJson: object;
  readonly tokenizerConfig: object;
}

export interface ReadVocabularyOptions {
  readonly lowercase: boolean;
  /** Rows of the word embeddings. */
  readonly size: number;
  /** What has them. */
  readonly weights: string;
}

/**
 * Turns a vocab.txt into the files of a model folder.
 * @throws `IMPORT_CONFIG_CONTRADICTS` it has not as many tokens as the model; `TOKENIZER_MISSING_TOKEN`, `TOKENIZER_INVALID`
 */
export async function readVocabulary(
  path: string,
  { lowercase, size, weights }: ReadVocabularyOptions,
): Promise<TokenizerFiles> {
  const lines = (await readTextFile(path)).split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  if (lines.length !== size) {
    throw contradictionError(
      path,
      [{ field: '--vocab', says: `${lines.length} tokens`, found: `${size} word embeddings` }],
      weights,
    );
  }
  const tokenizerJson = {
    version: '1.0',
    added_tokens: [],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(lines.map((token, id) => [token, id])),
    },
  };
  // BLINK's tokenizer is Python's, which knows where a word ends when it lowers a sigma.
  const tokenizerConfig = { do_lower_case: lowercase, final_sigma: true };
  createTokenizer({ tokenizerJson, tokenizerConfig }); // refuses what no input could be made of
  return { tokenizerJson, tokenizerConfig };
}
