import { assertKnownOptions, type CandidateScorer, type MentionEncoder, type VectorStore } from '@referent/core';
import { timed } from './timed.js';

export interface VectorScorerOptions {
  /** The name of the score: the dense source's to fill in what that source did not find, or one of its own. */
  readonly name: string;
  readonly encoder: MentionEncoder;
  readonly vectors: VectorStore;
  /** `dot` gives what an index gives. @default 'dot' */
  readonly similarity?: 'dot' | 'cosine';
}

/**
 * Scores given candidates by their stored vectors. It completes a dense source (candidates that the names found get
 * a dense score too), and with another mention layout it is a second view: the topic of the sentence, say.
 */
export function createVectorScorer({
  name,
  encoder,
  vectors,
  similarity = 'dot',
  ...unknown
}: VectorScorerOptions): CandidateScorer {
  assertKnownOptions('createVectorScorer', unknown, ['name', 'encoder', 'vectors', 'similarity']);
  return {
    name,
    async score(mentions, keys, options = {}) {
      const { data } = await timed('encode', options, (inner) => encoder.encodeMentions(mentions, inner)); // [N, D]
      const dimensions = encoder.dimensions;
      return timed(`score ${name}`, options, async ({ signal }) => {
        const scores: Float32Array[] = [];
        for (const [i, asked] of keys.entries()) {
          signal?.throwIfAborted();
          const mention = data.subarray(i * dimensions, (i + 1) * dimensions); // [D]
          const rows = await vectors.read(asked, { signal }); // [C, D]
          scores.push(
            Float32Array.from(asked, (_, j) => {
              const entity = rows.data.subarray(j * dimensions, (j + 1) * dimensions); // [D]
              const product = dot(mention, entity);
              if (similarity === 'dot') return product;
              // A vector of zeros points nowhere: similar to nothing.
              return product / (Math.sqrt(dot(mention, mention) * dot(entity, entity)) || 1);
            }),
          );
        }
        return scores;
      });
    },
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
