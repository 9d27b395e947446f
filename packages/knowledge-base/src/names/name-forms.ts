import { type Entity, normalizeName, withoutBracket } from '@referent/core';
import { isStopWord } from './stop-words.js';

/** What a stored name is of its entity. Even: its title; odd: an alias. From 2: without its bracket. */
export const nameKinds = { title: 0, alias: 1, bareTitle: 2, bareAlias: 3 } as const;

/** A name as it is stored. */
export interface NameForm {
  /** Normalized. */
  readonly name: string;
  readonly kind: number;
  /** A hash of the name as written: tells "Us" from "US" without storing it again. */
  readonly exact: number;
}

/** A longer name is no name but a text in the wrong field: it is kept with its entity, and not looked for. */
export const longestName = 300;

/** All names that an entity bears. */
export function nameForms({ title, aliases = [] }: Pick<Entity, 'title' | 'aliases'>): NameForm[] {
  return [
    ...formsOf(title, nameKinds.title, nameKinds.bareTitle),
    ...aliases.flatMap((alias) => formsOf(alias, nameKinds.alias, nameKinds.bareAlias)),
  ];
}

function formsOf(written: string, kind: number, bareKind: number): NameForm[] {
  const exact = hashWritten(written);
  const bare = withoutBracket(written);
  const forms = nameKeys(written).map((name) => ({ name, kind, exact }));
  if (bare !== undefined) forms.push(...nameKeys(bare).map((name) => ({ name, kind: bareKind, exact })));
  return forms.filter(({ name }) => name !== '' && name.length <= longestName);
}

/** The forms under which a name is found, at least one: "T-cell" also as two words. */
export function nameKeys(name: string): string[] {
  const apart = name.replace(/(?<=[\p{L}\p{N}\p{M}])-(?=[\p{L}\p{N}])/gu, ' ');
  return [...new Set([nameKey(name), nameKey(apart)])];
}

/** The form under which a name is found. Names without letters and digits ("!!!") stand for themselves. */
export function nameKey(name: string): string {
  return normalizeName(name) || name.trim().toLowerCase();
}

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashWritten(name: string): number {
  let hash = 0x811c9dc5;
  const written = name.trim();
  for (let i = 0; i < written.length; i++) hash = Math.imul(hash ^ written.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/**
 * May these words, found in running text, be a mention? Not if they are all function words, single characters or
 * numbers: "1984" and "X" are names that nearly always mean something else.
 */
export function isMentionable(words: readonly string[]): boolean {
  return words.some((word) => !isStopWord(word) && !isSingle(word) && !/^\p{N}+$/u.test(word));
}

/** As `isMentionable`, for words that a person asked for: numbers count. */
export function isTelling(words: readonly string[]): boolean {
  return words.some((word) => !isStopWord(word) && !isSingle(word) && /[\p{L}\p{N}]/u.test(word));
}

function isSingle(word: string): boolean {
  return word.length === 1 || (word.length === 2 && word.codePointAt(0)! > 0xffff);
}

/** Endings of the singular and the plural of English words that kept those of Latin and Greek. */
const learnedEndings = [
  ['um', 'a'],
  ['on', 'a'],
  ['a', 'ae'],
  ['us', 'i'],
  ['is', 'es'],
  ['ix', 'ices'],
  ['ex', 'ices'],
] as const;
const shortestLearned = 5;

/** Words of which this may be the plural in English: "victorias", "boxes", "cities", "nuclei", most likely first. */
export function singulars(word: string): string[] {
  const forms = new Set<string>();
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) {
    if (word.length > 4 && word.endsWith('ies')) forms.add(`${word.slice(0, -3)}y`);
    forms.add(word.slice(0, -1));
    if (word.length > 4 && word.endsWith('es')) forms.add(word.slice(0, -2));
  }
  for (const [singular, plural] of learnedEndings) {
    if (word.length >= shortestLearned && word.endsWith(plural)) forms.add(word.slice(0, -plural.length) + singular);
  }
  return [...forms];
}

/** What the plural of this word may be in English. */
export function plurals(word: string): string[] {
  if (word.length < 3) return [];
  const forms = [`${word}s`, `${word}es`];
  if (word.endsWith('y')) forms.unshift(`${word.slice(0, -1)}ies`);
  for (const [singular, plural] of learnedEndings) {
    if (word.length >= shortestLearned && word.endsWith(singular)) forms.push(word.slice(0, -singular.length) + plural);
  }
  return forms;
}

/** The same name with its last word in the singular or the plural. */
export function otherNumber(name: string): string[] {
  const at = name.lastIndexOf(' ') + 1;
  const last = name.slice(at);
  return [...singulars(last), ...plurals(last)].map((word) => name.slice(0, at) + word);
}
