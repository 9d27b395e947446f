import type { WeightSource } from '@referent/tensor-ops';

/** The weights of `own`, and those of `base` that it lacks: two encoders can share one table of word embeddings. */
export function layeredWeights(own: WeightSource, base: WeightSource): WeightSource {
  return {
    get fingerprint() {
      return `${own.fingerprint} over ${base.fingerprint}`;
    },
    has: (name) => own.has(name) || base.has(name),
    get: (name) => (own.has(name) || !base.has(name) ? own : base).get(name),
  };
}
