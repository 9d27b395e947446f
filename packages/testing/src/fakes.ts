import {
  type CandidateSource,
  type EntityEncoder,
  type MentionEncoder,
  nameWords,
  normalizeName,
  type PairScorer,
  type Rows,
} from '@referent/core';

/**
 * An encoder of both towers without a model: every word of a text adds its own pseudo-random direction, the name's
 * words three times as much, and the sum has length 1. Texts that share words are near each other.
 */
export function createFakeEncoder({
  dimensions = 64,
}: {
  /** @default 64 */
  readonly dimensions?: number;
} = {}): MentionEncoder & EntityEncoder {
  const encode = (texts: readonly { name: string; rest: string }[]): Rows => {
    const data = new Float32Array(texts.length * dimensions);
    texts.forEach(({ name, rest }, row) => {
      const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
      vector[0] = 1e-3; // a text without words has a direction too
      for (const { normalized } of nameWords(name)) addWord(vector, normalized, 3);
      for (const { normalized } of nameWords(rest)) addWord(vector, normalized, 1);
      const norm = Math.hypot(...vector);
      for (let d = 0; d < dimensions; d++) vector[d]! /= norm;
    });
    return { data, count: texts.length };
  };
  return {
    dimensions,
    async encodeMentions(mentions, { signal } = {}) {
      signal?.throwIfAborted();
      return encode(mentions.map((it) => ({ name: it.surface, rest: `${it.contextLeft} ${it.contextRight}` })));
    },
    async encodeEntities(entities, { signal } = {}) {
      signal?.throwIfAborted();
      return encode(entities.map(({ title, text }) => ({ name: title, rest: text })));
    },
  };
}

/** A pair scorer without a model: how many words the context and the description share, plus the name's own. */
export function createFakePairScorer(): PairScorer {
  return {
    name: 'fake',
    async scorePairs(pairs, { signal } = {}) {
      signal?.throwIfAborted();
      return Float32Array.from(pairs, ({ mention, entity }) => {
        const context = wordsOf(`${mention.contextLeft} ${mention.surface} ${mention.contextRight}`);
        const described = wordsOf(`${entity.title} ${entity.text}`);
        const shared = [...described].filter((word) => context.has(word)).length;
        const sameName = normalizeName(mention.surface) === normalizeName(entity.title);
        return shared / (1 + Math.sqrt(described.size)) + Number(sameName);
      });
    },
  };
}

/** A candidate source that knows its answers: normalized surface -> keys, best first. */
export function createFakeSource(
  answers: Readonly<Record<string, readonly number[]>>,
  name = 'fake-source',
): CandidateSource {
  const known = new Map(Object.entries(answers).map(([surface, keys]) => [normalizeName(surface), keys]));
  return {
    name,
    async retrieve(mentions, { limit, signal }) {
      signal?.throwIfAborted();
      return mentions.map(({ surface }) => {
        const keys = (known.get(normalizeName(surface)) ?? []).slice(0, limit);
        return { keys: Uint32Array.from(keys), scores: Float32Array.from(keys, (_, rank) => 1 / (rank + 1)) };
      });
    },
  };
}

const wordsOf = (text: string) => new Set(nameWords(text).map(({ normalized }) => normalized));

function addWord(vector: Float32Array, word: string, weight: number): void {
  let state = 0x811c9dc5;
  for (const character of word) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193);
  for (let d = 0; d < vector.length; d++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    vector[d]! += weight * (((state >>> 8) & 0xffff) / 0x8000 - 1);
  }
}
