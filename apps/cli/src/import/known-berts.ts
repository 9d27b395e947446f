import { basename } from 'node:path';

/** The sizes of a BERT, as its config.json has them. */
export interface BertSizes {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
}

const shared = { max_position_embeddings: 512, type_vocab_size: 2 };
const base = (vocab_size: number): BertSizes => ({
  vocab_size,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  ...shared,
});
const large = (vocab_size: number): BertSizes => ({
  vocab_size,
  hidden_size: 1024,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  intermediate_size: 4096,
  ...shared,
});

/** The BERTs that pytorch-transformers 1.2.0 knows by name, and with it BLINK's `bert_model`. */
const berts: Readonly<Record<string, BertSizes>> = {
  'bert-base-uncased': base(30522),
  'bert-large-uncased': large(30522),
  'bert-base-cased': base(28996),
  'bert-large-cased': large(28996),
  'bert-base-multilingual-uncased': base(105879),
  'bert-base-multilingual-cased': base(119547),
  'bert-base-chinese': base(21128),
  'bert-large-uncased-whole-word-masking': large(30522),
  'bert-large-cased-whole-word-masking': large(28996),
};

export const knownBertNames = Object.keys(berts);

/** By its name, or by the last part of a path to a folder of that name. */
export function knownBert(name: string): BertSizes | undefined {
  const last = basename(name.replaceAll('\\', '/')).toLowerCase();
  return Object.hasOwn(berts, last) ? berts[last] : undefined;
}
