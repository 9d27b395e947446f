import { blinkZeshelCandidate } from '@referent/benchmark-formats';
import type { Model } from '@referent/model';

/**
 * Reads entities as BLINK's Zeshel evaluation does, by the bi-encoder and by the cross-encoder: their first 256
 * characters, without a title. The model must be open with the entity layout `separated`.
 */
export function readingAsBlinkZeshel<M extends Pick<Model, 'hash' | 'entityEncoder' | 'pairScorer'>>(model: M): M {
  const { entityEncoder, pairScorer } = model;
  return {
    ...model,
    hash: `${model.hash}-blink-zeshel`, // its vectors are not those of the model
    entityEncoder: {
      dimensions: entityEncoder.dimensions,
      encodeEntities: (entities, work) => entityEncoder.encodeEntities(entities.map(blinkZeshelCandidate), work),
    },
    ...(pairScorer && {
      pairScorer: {
        name: pairScorer.name,
        scorePairs: (pairs, work) =>
          pairScorer.scorePairs(
            pairs.map(({ mention, entity }) => ({ mention, entity: blinkZeshelCandidate(entity) })),
            work,
          ),
      },
    }),
  };
}
