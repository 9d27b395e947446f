import { ReferentError } from '@referent/core';
import type { Activation } from '@referent/tensor-ops';

/** The sizes of a BERT. */
export interface BertConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  /** Rows of the position table: the longest input. */
  readonly positions: number;
  /** Rows of the segment (token type) table. */
  readonly segments: number;
  readonly layerNormEpsilon: number;
  readonly activation: Exclude<Activation, 'none'>;
}

const activations: Readonly<Record<string, BertConfig['activation']>> = { gelu: 'gelu', relu: 'relu' };

/**
 * Reads a `config.json` in the Hugging Face layout.
 * @throws `CONFIG_INVALID` a size is missing or makes no sense
 * @throws `CONFIG_UNSUPPORTED` the model is not a BERT with absolute positions and exact GELU (or ReLU)
 */
export function parseBertConfig(json: string | object): BertConfig {
  const config = asRecord(json);
  refuseUnsupported(config);
  const size = (name: string): number => {
    const value = config[name];
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    throw invalid(`"${name}" must be a positive whole number, not ${JSON.stringify(value)}.`);
  };
  const hiddenSize = size('hidden_size');
  const heads = size('num_attention_heads');
  if (hiddenSize % heads !== 0) throw invalid(`hidden_size ${hiddenSize} cannot be split among ${heads} heads.`);
  const layerNormEpsilon = config.layer_norm_eps ?? 1e-12;
  if (typeof layerNormEpsilon !== 'number' || !(layerNormEpsilon > 0)) {
    throw invalid(`"layer_norm_eps" must be a positive number, not ${JSON.stringify(layerNormEpsilon)}.`);
  }
  return {
    hiddenSize,
    heads,
    layers: size('num_hidden_layers'),
    intermediateSize: size('intermediate_size'),
    vocabularySize: size('vocab_size'),
    positions: size('max_position_embeddings'),
    segments: size('type_vocab_size'),
    layerNormEpsilon,
    activation: activations[String(config.hidden_act ?? 'gelu')]!,
  };
}

function asRecord(json: string | object): Readonly<Record<string, unknown>> {
  if (typeof json !== 'string') return json as Readonly<Record<string, unknown>>;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw invalid('it is not JSON.', cause);
  }
  throw invalid('it is not a JSON object.');
}

function refuseUnsupported(config: Readonly<Record<string, unknown>>): void {
  const allowed: Readonly<Record<string, readonly unknown[]>> = {
    model_type: ['bert', undefined],
    position_embedding_type: ['absolute', undefined, null],
    hidden_act: [...Object.keys(activations), undefined],
    is_decoder: [false, undefined],
    add_cross_attention: [false, undefined],
  };
  for (const [name, values] of Object.entries(allowed)) {
    const value = config[name];
    if (values.includes(value)) continue;
    throw new ReferentError('CONFIG_UNSUPPORTED', {
      what: `The model's configuration says "${name}": ${JSON.stringify(value)}.`,
      why: `Only ${values
        .filter((known) => known != null)
        .map((known) => JSON.stringify(known))
        .join(' or ')} can be run.`,
      fix: 'Use a BERT encoder with absolute positions and GELU.',
      details: { name, value },
    });
  }
}

function invalid(why: string, cause?: unknown): ReferentError {
  return new ReferentError('CONFIG_INVALID', { what: `The model's configuration cannot be used: ${why}`, cause });
}
