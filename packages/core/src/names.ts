import { foldText } from './fold-text.js';
import type { ReadOptions } from './work-options.js';

/** How a surface met a name, best first. */
export type NameMatchKind = 'title' | 'alias' | 'normalized-title' | 'normalized-alias' | 'initials' | 'partial';

export interface NameMatch {
  readonly key: number;
  readonly kind: NameMatchKind;
}

/** A run of words that is a name: `words.slice(from, to)`. */
export interface NameSpan {
  readonly from: number;
  readonly to: number;
}

/** The titles and aliases of a knowledge base: one structure that finds mentions and finds candidates. */
export interface NamesIndex {
  /** Entities that bear this surface, best match first, then by key; at most `limit`; each key once. */
  lookup(
    surface: string,
    options: ReadOptions & { readonly limit: number; readonly world?: string | undefined },
  ): Promise<NameMatch[]>;
  /**
   * The longest names among normalized words (of `nameWords`), left to right, not overlapping.
   * Linear in the number of words for names of bounded length.
   */
  scan(words: readonly string[], options?: ReadOptions): Promise<NameSpan[]>;
}

/** A word of a text with its place and the form under which names are compared. */
export interface NameWord {
  readonly start: number;
  readonly end: number;
  readonly normalized: string;
}

const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['’.&-][\p{L}\p{N}\p{M}]+)*/gu;

/** Splits a text into the words by which names are compared, with UTF-16 positions. */
export function nameWords(text: string): NameWord[] {
  return Array.from(text.matchAll(wordPattern), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    normalized: normalizeWord(word),
  }));
}

/**
 * The form under which two names count as the same: case, accents, punctuation and possessives do not matter, and a
 * Greek letter on its own is its name.
 */
export function normalizeName(name: string): string {
  return nameWords(name)
    .map((word) => word.normalized)
    .filter((word) => word !== '') // of marks alone nothing is left
    .join(' ');
}

/**
 * "Paris (Texas)" is also borne as "Paris": the name without a trailing bracket, or undefined if it has none. A bracket
 * that touches the word before it is part of the name, "iron(2+)", but in scripts without spaces.
 */
export function withoutBracket(name: string): string | undefined {
  return /^(.*\S)(?:\s+|(?<=\p{Lo}))[(（][^()（）]*[)）]\s*$/u.exec(name)?.[1];
}

function normalizeWord(word: string): string {
  return foldText(word)
    .replace(/['’]s$/u, '')
    .replace(/['’.&-]/gu, '');
}
