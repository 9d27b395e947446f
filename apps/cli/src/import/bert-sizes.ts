import { parseBertConfig } from '@referent/transformer';
import type { BlinkConfig } from './blink-config.js';
import { configError } from './errors.js';
import { type BertSizes, knownBert, knownBertNames } from './known-berts.js';
import { readJsonObject } from './read-json.js';

export interface SizesWithSource {
  readonly sizes: BertSizes;
  /** config.json of a tower, to be written as it is. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What said so. */
  readonly file: string;
  /** The BERT's name, where that implied the sizes. */
  readonly impliedBy?: string;
}

/** What --bert-config says; else what the name in BLINK's configuration implies. */
export async function bertSizes(config: BlinkConfig, bertConfig: string | undefined): Promise<SizesWithSource> {
  if (bertConfig !== undefined) {
    const given = await readJsonObject(bertConfig);
    const parsed = parseBertConfig(given);
    const sizes: BertSizes = {
      vocab_size: parsed.vocabularySize,
      hidden_size: parsed.hiddenSize,
      num_hidden_layers: parsed.layers,
      num_attention_heads: parsed.heads,
      intermediate_size: parsed.intermediateSize,
      max_position_embeddings: parsed.positions,
      type_vocab_size: parsed.segments,
    };
    const { layerNormEpsilon: layer_norm_eps, activation: hidden_act } = parsed;
    return {
      sizes,
      json: configJson(sizes, { layer_norm_eps, hidden_act }),
      file: bertConfig,
    };
  }
  const sizes = knownBert(config.bertModel);
  if (!sizes) {
    throw configError(
      config.file,
      `"bert_model" is ${config.bertModel}, which is none of ${knownBertNames.join(', ')}.`,
      "Give its sizes with --bert-config: the BERT's own config.json.",
      { field: 'bert_model' },
    );
  }
  const json = configJson(sizes, { layer_norm_eps: 1e-12, hidden_act: 'gelu' });
  return { sizes, json, file: config.file, impliedBy: config.bertModel };
}

function configJson(sizes: BertSizes, rest: object): Readonly<Record<string, unknown>> {
  return { model_type: 'bert', ...sizes, ...rest };
}
