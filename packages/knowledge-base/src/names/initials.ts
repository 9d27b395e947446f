import { type Entity, normalizeName, withoutBracket } from '@referent/core';
import { longestName, type NameForm, otherNumber } from './name-forms.js';
import { isStopWord } from './stop-words.js';

/** Begins the stored key of an abbreviation: no normalized name does, so that texts and names never meet it. */
const mark = '~';

/** An entity's abbreviations have one kind, whichever name they stand for. */
export const initialsKind = 4;

const fewest = 2;
const most = 8;

/**
 * What an entity's names of several words are abbreviated to: the first letters of all words, of all but the function
 * words, and of all but the last word, which stays: "embryonic stem cell" is "ESC" and "ES cell".
 */
export function initialForms({ title, aliases = [] }: Pick<Entity, 'title' | 'aliases'>): NameForm[] {
  const keys = new Set<string>();
  for (const written of [title, ...aliases]) {
    if (written.length > longestName) continue;
    const words = partsOf(withoutBracket(written) ?? written);
    const content = words.filter((word) => !isStopWord(word));
    for (const list of [words, content]) {
      add(keys, list, '');
      add(keys, list.slice(0, -1), list.at(-1)!);
    }
  }
  return Array.from(keys, (name) => ({ name, kind: initialsKind, exact: 0 }));
}

/** The keys under which a surface is looked up that begins with an abbreviation ("ES cells", "ES-cells", "RPCs"); most have none. */
export function initialKeys(surface: string): string[] {
  const [first = '', ...rest] = surface.trim().split(/\s+|(?<=\p{Lu}\p{Lu})-(?=\p{Ll})/u);
  const letters = first.replace(/[.&]/gu, '');
  const capitals = letters.match(/\p{Lu}/gu)?.length ?? 0;
  if (capitals < fewest || !/^[\p{L}\p{N}]+$/u.test(letters)) return [];
  const abbreviation = rest.length === 0 ? letters.replace(/(?<=\p{Lu})s$/u, '') : letters;
  if (abbreviation.length > most) return [];
  const begin = mark + abbreviation.toLowerCase();
  const end = normalizeName(rest.join(' '));
  return end === '' ? [begin] : [end, ...otherNumber(end)].map((word) => `${begin} ${word}`);
}

/** As `nameWords`, with the parts of hyphenated words: "write-ahead log" is "WAL". */
function partsOf(name: string): string[] {
  return name
    .split(/[\s\-‐–/]+/u)
    .map(normalizeName)
    .filter((word) => word !== '');
}

function add(keys: Set<string>, words: readonly string[], last: string): void {
  if (words.length < fewest || words.length > most) return;
  const letters = words.map((word) => String.fromCodePoint(word.codePointAt(0)!)).join('');
  keys.add(mark + letters + (last && ` ${last}`));
}
