/**
 * BERT (Devlin et al. 2019), as Hugging Face's modeling_bert.py computes it. Dropout is where it is there, and happens
 * only in an interpreter that has it.
 * B sequences, T tokens, H hidden, D dimensions of the result.
 */
import type { DenseWeights, TensorOps } from '@referent/tensor-ops';
import type { BertConfig } from './bert-config.js';

export interface BertInputs<T> {
  readonly ids: T; // [B, T]
  readonly segments: T; // [B, T]
  readonly positions: T; // [B, T]
  /** 1 for a token, 0 for padding. */
  readonly mask: T; // [B, T]
}

/** How the hidden states of the last layer become one vector. */
export interface BertHead {
  /**
   * `cls`: the first token's state. `mean`: the mean over the tokens. `pooler`: the first token's state through the
   * dense layer with tanh that BERT was trained with.
   */
  readonly pooling: 'cls' | 'mean' | 'pooler';
  /** Names of a linear layer over the pooled vector. @default none */
  readonly projection?: DenseWeights;
  /** Scales the vector to length 1. @default false */
  readonly normalize?: boolean;
}

/** The states after the embeddings and after each layer: `layers` + 1 values, each [B, T, H]. */
export function bertStates<T>(ops: TensorOps<T>, inputs: BertInputs<T>, config: BertConfig): T[] {
  const { heads, layers, layerNormEpsilon, activation } = config;
  const mask = ops.toFloat(inputs.mask);
  const norm = (x: T, name: string) =>
    ops.layerNorm(x, ops.weight(`${name}.weight`), ops.weight(`${name}.bias`), layerNormEpsilon);
  const rows = (table: string, ids: T) => ops.gather(ops.weight(`embeddings.${table}_embeddings.weight`), ids);

  const dropout = (x: T) => ops.dropout?.(x) ?? x;

  const words = ops.add(rows('word', inputs.ids), rows('token_type', inputs.segments));
  const embedded = norm(ops.add(words, rows('position', inputs.positions)), 'embeddings.LayerNorm');
  const states = [dropout(embedded)]; // [B, T, H]
  for (let i = 0; i < layers; i++) {
    const layer = `encoder.layer.${i}`;
    const self = `${layer}.attention.self`;
    const projections = { query: linear(`${self}.query`), key: linear(`${self}.key`), value: linear(`${self}.value`) };
    const x = states[i]!;
    const context = ops.selfAttention(x, projections, mask, heads); // [B, T, H]
    const mixed = dropout(ops.dense(context, linear(`${layer}.attention.output.dense`), 'none'));
    const attended = norm(ops.add(mixed, x), `${layer}.attention.output.LayerNorm`);
    const wide = ops.dense(attended, linear(`${layer}.intermediate.dense`), activation); // [B, T, 4H]
    const narrow = dropout(ops.dense(wide, linear(`${layer}.output.dense`), 'none')); // [B, T, H]
    states.push(norm(ops.add(narrow, attended), `${layer}.output.LayerNorm`));
  }
  return states;
}

/** One vector per sequence from the last layer's states [B, T, H]: [B, D]. */
export function bertVectors<T>(ops: TensorOps<T>, states: T, inputs: BertInputs<T>, head: BertHead): T {
  const pooled = pool(ops, states, inputs, head.pooling);
  const vectors = head.projection ? ops.dense(ops.dropout?.(pooled) ?? pooled, head.projection, 'none') : pooled;
  return head.normalize ? normalize(ops, ops.toFloat(vectors)) : vectors;
}

function pool<T>(ops: TensorOps<T>, states: T, inputs: BertInputs<T>, pooling: BertHead['pooling']): T {
  if (pooling === 'mean') {
    const mask = ops.reshape(ops.toFloat(inputs.mask), [null, null, 1]); // [B, T, 1]
    return ops.divide(ops.sum(ops.multiply(states, mask), 1, false), ops.sum(mask, 1, false)); // [B, H]
  }
  const first = ops.takeAxis1(states, 0); // [B, H]
  return pooling === 'cls' ? first : ops.dense(first, linear('pooler.dense'), 'tanh');
}

/** A vector of zeros stays one. */
function normalize<T>(ops: TensorOps<T>, x: T): T {
  const squares = ops.add(ops.sum(ops.multiply(x, x), 1, true), ops.constant([1e-24], [1]));
  return ops.divide(x, ops.sqrt(squares));
}

function linear(name: string): DenseWeights {
  return { weight: `${name}.weight`, bias: `${name}.bias` };
}
