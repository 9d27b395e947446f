import { type NameMatch, type NameSpan, type NamesIndex, normalizeName } from '@referent/core';

/** Titles (and a plural in -s) by the plainest means. `scanned` counts the words that were asked. */
export function namesOf(...titles: readonly string[]): NamesIndex & { scanned: number } {
  const forms = new Set(titles.map((title) => normalizeName(title)));
  const has = (name: string) => forms.has(name) || (name.endsWith('s') && forms.has(name.slice(0, -1)));
  const longest = Math.max(0, ...[...forms].map((form) => form.split(' ').length));
  const names = {
    scanned: 0,
    async lookup(surface: string, { limit }: { readonly limit: number }) {
      const matches = titles.flatMap((title, key): NameMatch[] => {
        if (title === surface) return [{ key, kind: 'title' }];
        return normalizeName(title) === normalizeName(surface) ? [{ key, kind: 'normalized-title' }] : [];
      });
      return matches.sort((a, b) => Number(b.kind === 'title') - Number(a.kind === 'title')).slice(0, limit);
    },
    async scan(words: readonly string[]) {
      names.scanned += words.length;
      const spans: NameSpan[] = [];
      for (let from = 0; from < words.length; from++) {
        for (let to = Math.min(words.length, from + longest); to > from; to--) {
          if (!has(words.slice(from, to).join(' '))) continue;
          spans.push({ from, to });
          from = to - 1;
          break;
        }
      }
      return spans;
    },
  };
  return names;
}
