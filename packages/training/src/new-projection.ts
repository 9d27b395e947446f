import type { WeightSource, WeightTensor } from '@referent/tensor-ops';
import type { BertConfig, BertHead } from '@referent/transformer';
import { normals, type Random } from './random.js';

/** A linear layer that begins as BERT's own layers began: normal(0, 0.02); its bias is 0. */
export interface NewProjection {
  /** Numbers that it gives: 1 where pairs are scored. */
  readonly outputs: number;
  readonly random: Random;
}

/** The weights, and those of the head's projection that are not among them. */
export function withNewProjection(
  source: WeightSource,
  { hiddenSize }: BertConfig,
  { projection }: BertHead,
  { outputs, random }: NewProjection,
): WeightSource {
  if (!projection) return source;
  const { weight, bias } = projection;
  const added = new Map<string, WeightTensor>([
    [weight, { shape: [outputs, hiddenSize], data: normals(hiddenSize * outputs, 0.02, random) }],
  ]);
  if (bias !== undefined) added.set(bias, { shape: [outputs], data: new Float32Array(outputs) });
  return {
    fingerprint: `${source.fingerprint} +${weight}`,
    has: (name) => source.has(name) || added.has(name),
    get: (name) => (source.has(name) ? undefined : added.get(name)) ?? source.get(name),
  };
}
