import type { DenseWeights, TensorOps } from '@referent/tensor-ops';
import { type BertConfig, type BertHead, bertStates, bertVectors } from '@referent/transformer';

/** Names of the weights that a BERT with this head reads, in the order in which it reads them first. */
export function usedWeights(config: BertConfig, head: BertHead): string[] {
  const names = new Set<string>();
  const dense = ({ weight, bias }: DenseWeights) => {
    names.add(weight);
    if (bias !== undefined) names.add(bias);
    return null;
  };
  const nothing = () => null;
  // BERT is written over an interface of operations: run over one that computes nothing, it tells what it reads.
  const ops: TensorOps<null> = {
    weight: (name) => {
      names.add(name);
      return null;
    },
    dense: (_, weights) => dense(weights),
    selfAttention(_, { query, key, value }) {
      for (const weights of [query, key, value]) dense(weights);
      return null;
    },
    constant: nothing,
    gather: nothing,
    add: nothing,
    multiply: nothing,
    divide: nothing,
    sqrt: nothing,
    sum: nothing,
    reshape: nothing,
    takeAxis1: nothing,
    toFloat: nothing,
    layerNorm: nothing,
  };
  const inputs = { ids: null, segments: null, positions: null, mask: null };
  bertVectors(ops, bertStates(ops, inputs, config).at(-1)!, inputs, head);
  return [...names];
}
