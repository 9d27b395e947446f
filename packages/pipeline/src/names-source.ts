import {
  assertKnownOptions,
  type CandidateSource,
  type KeyScores,
  type MentionInContext,
  type NameMatchKind,
  type NamesIndex,
} from '@referent/core';

/** What a match of each kind is worth. A kind that is left out proposes nothing. */
export type NameScores = Readonly<Partial<Record<NameMatchKind, number>>>;

export const defaultNameScores: NameScores = {
  title: 1,
  alias: 0.9,
  'normalized-title': 0.8,
  'normalized-alias': 0.7,
  initials: 0.5,
  partial: 0.3,
};

export interface NamesSourceOptions {
  readonly names: NamesIndex;
  /** @default 'names' */
  readonly name?: string;
  /** @default defaultNameScores */
  readonly scores?: NameScores;
}

/** Proposes the entities that bear the mention's words as a title or alias. */
export function createNamesSource({
  names,
  name = 'names',
  scores = defaultNameScores,
  ...unknown
}: NamesSourceOptions): CandidateSource {
  assertKnownOptions('createNamesSource', unknown, ['names', 'name', 'scores']);
  async function find(
    { surface, abbreviation, world }: MentionInContext,
    limit: number,
    signal?: AbortSignal,
  ): Promise<KeyScores> {
    const matches = await names.lookup(surface, { limit, world, signal });
    if (abbreviation !== undefined) {
      const known = new Set(matches.map(({ key }) => key));
      const others = await names.lookup(abbreviation, { limit, world, signal });
      // What else it could be short for does not count where the text says what it is short for.
      const bearers = others.filter(({ key, kind }) => !known.has(key) && (known.size === 0 || kind !== 'initials'));
      matches.push(...bearers.slice(0, limit - matches.length));
    }
    const found = matches.flatMap(({ key, kind }) => {
      const score = scores[kind];
      return score === undefined ? [] : [{ key, score }];
    });
    // The index answers by kind; a table of scores may rank the kinds otherwise.
    found.sort((a, b) => b.score - a.score);
    return {
      keys: Uint32Array.from(found, ({ key }) => key),
      scores: Float32Array.from(found, ({ score }) => score),
    };
  }

  return {
    name,
    async retrieve(mentions, { limit, signal }) {
      signal?.throwIfAborted();
      const answers = new Map<string, Promise<KeyScores>>();
      const pending = mentions.map((mention) => {
        const asked = JSON.stringify([mention.surface, mention.abbreviation, mention.world]);
        const answer = answers.get(asked) ?? find(mention, limit, signal);
        answers.set(asked, answer);
        return answer;
      });
      return Promise.all(pending);
    },
  };
}
