import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyBertConfig, tinyBertWeights, tinyVocabulary } from '@referent/testing';
import { writeSafetensors } from '@referent/transformer';

const layer = (i: number) => {
  const path = `encoder.layer.${i}`;
  const parts = ['attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'];
  return [
    ...[...parts, 'intermediate.dense', 'output.dense'].flatMap((it) => [`${path}.${it}.weight`, `${path}.${it}.bias`]),
    ...['attention.output.LayerNorm', 'output.LayerNorm'].flatMap((it) => [
      `${path}.${it}.weight`,
      `${path}.${it}.bias`,
    ]),
  ];
};

const names = [
  ...['word', 'position', 'token_type'].map((it) => `embeddings.${it}_embeddings.weight`),
  ...['weight', 'bias'].map((it) => `embeddings.LayerNorm.${it}`),
  ...layer(0),
  ...layer(1),
];

/** A model folder that runs in a moment: BERT with seeded weights, laid out as BLINK lays out. */
export async function writeTinyModel(folder: string, { withReranker = false } = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const vocabulary = tinyVocabulary.split('\n');
  await writeWeights(folder, names);
  if (withReranker) await writeWeights(join(folder, 'reranker'), [...names, 'classifier.weight', 'classifier.bias'], 3);
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(wordPiece(vocabulary)));
  const encoder = { pooling: 'cls', normalize: false, layout: 'blink', maximumLength: 32 };
  const manifest = {
    format: 1,
    name: 'tiny',
    entityEncoder: encoder,
    mentionEncoders: { name: encoder },
    ...(withReranker && {
      crossEncoder: { weights: 'reranker', pooling: 'cls', maximumContextLength: 16, maximumLength: 32 },
    }),
    linking: { nameScores: {}, fusion: { weights: { dense: 1 } }, decision: {} },
  };
  await writeFile(join(folder, 'referent-model.json'), JSON.stringify(manifest));
}

async function writeWeights(folder: string, wanted: readonly string[], seed?: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const weights = tinyBertWeights(seed);
  await writeFile(join(folder, 'config.json'), JSON.stringify(tinyBertConfig));
  const tensors = Object.fromEntries(wanted.map((name) => [name, weights.get(name)]));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
}

function wordPiece(vocabulary: readonly string[]) {
  return {
    version: '1.0',
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content) => ({
      id: vocabulary.indexOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}
