import type { NameMatch, NameMatchKind, NameSpan, NamesIndex } from '@referent/core';
import { initialKeys, initialsKind } from './initials.js';
import { emptyPhrase, extendPhrase, type NameFilter } from './name-filter.js';
import { hashWritten, isMentionable, isTelling, longestName, nameKeys, otherNumber, singulars } from './name-forms.js';

/** A bearer of a name: how well the name fits, as a position in `matchKinds`. */
export interface Bearer {
  readonly key: number;
  readonly rank: number;
}

/** An entity with a name that contains the words asked for, and how many words its shortest such name has besides. */
export interface PartialBearer {
  readonly key: number;
  readonly extraWords: number;
}

/** Where names are kept: on disk or in memory. Everything else about names is written once, below. */
export interface NameTable {
  /** Entities with this normalized name, best rank first, then by key. */
  bearers(name: string, exact: number, limit: number, world: string | undefined): Bearer[];
  /** The first `limit` entities by key with a name that contains all of `words`, in any order. */
  containing(words: readonly string[], limit: number, world: string | undefined): PartialBearer[];
  has(name: string): boolean;
  filter(): NameFilter;
}

export const matchKinds: readonly NameMatchKind[] = [
  'title',
  'alias',
  'normalized-title',
  'normalized-alias',
  'initials',
];

/** How a stored name meets the surface: position in `matchKinds`. The store's SQL says the same. */
export function rankOf(kind: number, isExact: boolean): number {
  if (kind === initialsKind) return 4;
  if (isExact && kind < 2) return kind;
  return kind % 2 === 0 ? 2 : 3;
}

/** Of a word that thousands of names contain, so many are looked at, by key. */
export const partialLimit = 256;

const wordsBetweenPauses = 8192;

export function createNamesIndex(table: NameTable): NamesIndex {
  return {
    async lookup(surface, { limit, world, signal }) {
      signal?.throwIfAborted();
      const found = new Map<number, NameMatch>();
      const written = nameKeys(surface);
      const name = written[0]!;
      const exact = hashWritten(surface);
      const addBearers = (form: string) => {
        for (const { key, rank } of table.bearers(form, exact, limit, world)) {
          if (found.size < limit && !found.has(key)) found.set(key, { key, kind: matchKinds[rank]! });
        }
      };
      if (name === '' || name.length > longestName || limit < 1) return [];
      for (const form of [...written, ...written.flatMap(otherNumber)]) {
        if (found.size > 0) break;
        addBearers(form);
      }
      for (const initials of initialKeys(surface)) addBearers(initials);
      const words = [...new Set(name.split(' '))];
      if (found.size < limit && isTelling(words)) {
        const partial = table.containing(words, partialLimit, world);
        partial.sort((a, b) => a.extraWords - b.extraWords || a.key - b.key);
        for (const { key } of partial) {
          if (found.size < limit && !found.has(key)) found.set(key, { key, kind: 'partial' });
        }
      }
      return [...found.values()];
    },

    async scan(words, { signal } = {}) {
      signal?.throwIfAborted();
      const spans: NameSpan[] = [];
      let pauseAt = wordsBetweenPauses;
      for (let from = 0; from < words.length; ) {
        const to = endOfLongestName(table, words, from);
        if (to > from) spans.push({ from, to });
        from = Math.max(to, from + 1);
        if (from < pauseAt) continue;
        pauseAt = from + wordsBetweenPauses;
        await new Promise((resolve) => setTimeout(resolve)); // a long text must not stop everything else
        signal?.throwIfAborted();
      }
      return spans;
    },
  };
}

/** The end of the longest name that starts at `from`, its last word perhaps in the plural; `from` if there is none. */
function endOfLongestName(table: NameTable, words: readonly string[], from: number): number {
  const filter = table.filter();
  const maybe: { to: number; name: string }[] = [];
  let before = '';
  let phrase = emptyPhrase;
  for (let to = from + 1; to <= words.length; to++) {
    const word = words[to - 1]!;
    const next = extendPhrase(phrase, word);
    for (const singular of singulars(word)) {
      if (filter.mayEnd(extendPhrase(phrase, singular))) maybe.push({ to, name: before + singular });
    }
    if (filter.mayEnd(next)) maybe.push({ to, name: before + word });
    if (!filter.mayContinue(next)) break;
    phrase = next;
    before += `${word} `;
  }
  for (let i = maybe.length - 1; i >= 0; i--) {
    const { to, name } = maybe[i]!;
    if (isMentionable(name.split(' ')) && isMentionable(words.slice(from, to)) && table.has(name)) return to;
  }
  return from;
}
