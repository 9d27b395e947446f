import {
  type Entity,
  type NameMatch,
  type NameMatchKind,
  type NameSpan,
  type NamesIndex,
  normalizeName,
  withoutBracket,
} from '@referent/core';

/** What a names index is made from. */
export interface NamedEntity {
  readonly key: number;
  readonly entity: Pick<Entity, 'title' | 'aliases' | 'world'>;
}

const kinds: readonly NameMatchKind[] = ['title', 'alias', 'normalized-title', 'normalized-alias'];

/**
 * The slowest right names index: every lookup and every position of a scan goes over all names.
 * The twin that fast ones are compared with. Knows no plurals, no stop words and no partial matches.
 */
export function createReferenceNames(entities: readonly NamedEntity[]): NamesIndex {
  const names = entities.flatMap(({ key, entity }) =>
    [entity.title, ...(entity.aliases ?? [])].flatMap((written, position) =>
      [written, withoutBracket(written) ?? ''].flatMap((form) => {
        const normalized = normalizeName(form);
        return normalized ? [{ key, world: entity.world, written, normalized, alias: position > 0 }] : [];
      }),
    ),
  );

  return {
    async lookup(surface, { limit, world, signal }) {
      signal?.throwIfAborted();
      const normalized = normalizeName(surface);
      const best = new Map<number, number>();
      for (const name of names) {
        if (name.normalized !== normalized || (world !== undefined && name.world !== world)) continue;
        const rank = (name.written.trim() === surface.trim() ? 0 : 2) + Number(name.alias);
        best.set(name.key, Math.min(rank, best.get(name.key) ?? rank));
      }
      const matches = Array.from(best, ([key, rank]) => ({ key, rank }));
      matches.sort((a, b) => a.rank - b.rank || a.key - b.key);
      return matches.slice(0, limit).map(({ key, rank }): NameMatch => ({ key, kind: kinds[rank]! }));
    },

    async scan(words, { signal } = {}) {
      signal?.throwIfAborted();
      const spans: NameSpan[] = [];
      const isName = (from: number, to: number) => {
        const phrase = words.slice(from, to).join(' ');
        return names.some(({ normalized }) => normalized === phrase);
      };
      for (let from = 0; from < words.length; ) {
        let to = words.length;
        while (to > from && !isName(from, to)) to--;
        if (to > from) spans.push({ from, to });
        from = Math.max(to, from + 1);
      }
      return spans;
    },
  };
}
