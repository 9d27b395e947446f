import { seededRandom } from './data.js';

/** The `config.json` of a BERT that runs in a moment; its vocabulary is `tinyVocabulary`. */
export const tinyBertConfig = {
  model_type: 'bert',
  vocab_size: 80,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 32,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
} as const;

const letters = [...'abcdefghijklmnopqrstuvwxyz'];

/** A `vocab.txt`: special tokens and markers, the letters, some signs. */
export const tinyVocabulary = [
  ...['[PAD]', '[unused0]', '[unused1]', '[unused2]', '[UNK]', '[CLS]', '[SEP]'],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  ...'.,;:!?\'"()[]-&1234567',
].join('\n');

/** A float32 weight, as the transformer's weight sources give it. */
interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Weights for `tinyBertConfig` from a seed: as different as those of a trained model, and as meaningless as noise.
 * `classifier.weight` and `.bias` project to one number.
 */
export function tinyBertWeights(seed = 1): {
  readonly fingerprint: string;
  has(name: string): boolean;
  get(name: string): Weight;
} {
  return {
    fingerprint: `tiny-bert-${seed}`,
    has: () => true,
    get(name) {
      const shape = shapeOf(name);
      const random = seededRandom(seed + hash(name));
      const centre = name.endsWith('LayerNorm.weight') ? 1 : 0;
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => centre + random() - 0.5);
      return { shape, data };
    },
  };
}

function shapeOf(name: string): number[] {
  const { hidden_size: H, intermediate_size: I } = tinyBertConfig;
  const outputs = name.startsWith('classifier.') ? 1 : /intermediate\.dense/.test(name) ? I : H;
  if (/LayerNorm|\.bias$/.test(name)) return [outputs];
  if (/word_embeddings/.test(name)) return [tinyBertConfig.vocab_size, H];
  if (/position_embeddings/.test(name)) return [tinyBertConfig.max_position_embeddings, H];
  if (/token_type_embeddings/.test(name)) return [tinyBertConfig.type_vocab_size, H];
  return [outputs, /layer\.\d+\.output\.dense/.test(name) ? I : H];
}

function hash(name: string): number {
  let value = 0;
  for (const character of name) value = (Math.imul(value, 31) + character.charCodeAt(0)) >>> 0;
  return value;
}
