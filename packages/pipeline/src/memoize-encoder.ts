import type { MentionEncoder, MentionInContext } from '@referent/core';

/**
 * Remembers each mention's vector for as long as the mention object lives. Give the same memoized encoder to a dense
 * source and to its vector scorer, and a mention that both see is encoded once.
 */
export function memoizeMentionEncoder(encoder: MentionEncoder): MentionEncoder {
  const known = new WeakMap<MentionInContext, Float32Array>();
  const { dimensions } = encoder;
  return {
    dimensions,
    async encodeMentions(mentions, options) {
      options?.signal?.throwIfAborted();
      const fresh = [...new Set(mentions)].filter((mention) => !known.has(mention));
      if (fresh.length > 0) {
        const { data } = await encoder.encodeMentions(fresh, options); // [F, D]
        fresh.forEach((mention, i) => {
          known.set(mention, data.slice(i * dimensions, (i + 1) * dimensions));
        });
      }
      const data = new Float32Array(mentions.length * dimensions); // [N, D]
      mentions.forEach((mention, i) => {
        data.set(known.get(mention)!, i * dimensions);
      });
      return { data, count: mentions.length };
    },
  };
}
