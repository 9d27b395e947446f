import {
  type CandidateScorer,
  type CandidateSource,
  type Entity,
  type EntityStore,
  type Mention,
  type MentionDetector,
  type MentionEncoder,
  type MentionInContext,
  type NameMatch,
  type NamesIndex,
  normalizeName,
} from '@referent/core';
import { createPipeline, type PipelineOptions } from '../src/index.js';

export const entities: readonly Entity[] = [
  { id: 'paris-fr', title: 'Paris', text: 'the capital of France', world: 'earth' },
  { id: 'paris-tx', title: 'Paris', text: 'a town in Texas', world: 'earth' },
  { id: 'paris-troy', title: 'Paris', text: 'the prince of Troy', world: 'myth' },
  { id: 'helen', title: 'Helen', text: 'the daughter of Zeus', aliases: ['Helen of Troy'], world: 'myth' },
  { id: 'troy', title: 'Troy', text: 'an ancient city', aliases: ['Ilium'], world: 'myth' },
];

export function fakeStore(removed: readonly number[] = []): EntityStore {
  return {
    size: entities.length,
    get: async (keys) => Array.from(keys, (key) => (removed.includes(key) ? undefined : entities[key])),
    keysOf: async (ids) => ids.map((id) => entities.findIndex((entity) => entity.id === id)),
    keysOfWorld: async (world) =>
      Uint32Array.from(entities.flatMap((entity, key) => (entity.world === world ? key : []))),
    close: async () => {},
  };
}

export function fakeNames(): NamesIndex {
  return {
    async lookup(surface, { limit, world }) {
      const wanted = normalizeName(surface);
      const matches = entities.flatMap(({ title, aliases = [], ...entity }, key): NameMatch[] => {
        if (world !== undefined && entity.world !== world) return [];
        if (title === surface) return [{ key, kind: 'title' }];
        if (aliases.includes(surface)) return [{ key, kind: 'alias' }];
        if (normalizeName(title) === wanted) return [{ key, kind: 'normalized-title' }];
        return [];
      });
      return matches.slice(0, limit);
    },
    scan: async () => [],
  };
}

/** Finds capitalised words: enough to have mentions at known places. */
export const wordDetector: MentionDetector = {
  name: 'capitals',
  detect: async (text) =>
    Array.from(text.matchAll(/\p{Lu}\p{L}*/gu), ({ 0: surface, index }): Mention => {
      return { start: index, end: index + surface.length, surface };
    }),
};

/** Counts letters: a vector that depends on all that is read, and on nothing else. Remembers how much it was asked. */
export function letterEncoder(dimensions = 6) {
  const calls: MentionInContext[][] = [];
  const encoder: MentionEncoder = {
    dimensions,
    async encodeMentions(mentions) {
      calls.push([...mentions]);
      const data = Float32Array.from({ length: mentions.length * dimensions }, (_, i) => {
        const { contextLeft, surface, contextRight } = mentions[Math.floor(i / dimensions)]!;
        return letters(`${contextLeft}|${surface}|${surface}|${contextRight}`, i % dimensions, dimensions);
      });
      return { data, count: mentions.length };
    },
  };
  return { encoder, calls };
}

export function letters(text: string, d: number, dimensions: number): number {
  let count = 1;
  for (const unit of text) if (unit.charCodeAt(0) % dimensions === d) count++;
  return count / (text.length + 1);
}

/** Gives every mention the same keys and scores. */
export function fixedSource(name: string, scores: Readonly<Record<number, number>>): CandidateSource {
  return {
    name,
    retrieve: async (mentions, { limit }) =>
      mentions.map(() => {
        const best = Object.entries(scores)
          .sort(([, a], [, b]) => b - a)
          .slice(0, limit);
        return {
          keys: Uint32Array.from(best, ([key]) => Number(key)),
          scores: Float32Array.from(best, ([, score]) => score),
        };
      }),
  };
}

export function fixedScorer(name: string, score: (key: number) => number): CandidateScorer {
  return { name, score: async (_, keys) => keys.map((list) => Float32Array.from(list, score)) };
}

export function fakePipeline(options: Partial<PipelineOptions> = {}) {
  return createPipeline({
    detector: wordDetector,
    sources: [fixedSource('dense', { 0: 0.5, 1: 0.25, 4: 0.125 })],
    fusion: { weights: { dense: 1 } },
    store: fakeStore(),
    ...options,
  });
}
