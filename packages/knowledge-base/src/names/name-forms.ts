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
  const forms = [{ name: nameKey(written), kind, exact }];
  if (bare !== undefined) forms.push({ name: nameKey(bare), kind: bareKind, exact });
  return forms.filter(({ name }) => name !== '' && name.length <= longestName);
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

/** Words of which this may be the English plural: "victorias", "boxes", "cities", most likely first. */
export function singulars(word: string): string[] {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss')) return [];
  const forms = [word.slice(0, -1)];
  if (word.length > 4 && word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.length > 4 && word.endsWith('ies')) forms.unshift(`${word.slice(0, -3)}y`);
  return forms;
}

/** What the English plural of this word may be. */
export function plurals(word: string): string[] {
  if (word.length < 3) return [];
  const forms = [`${word}s`, `${word}es`];
  if (word.endsWith('y')) forms.unshift(`${word.slice(0, -1)}ies`);
  return forms;
}

/** The same name with its last word in the singular or the plural. */
export function otherNumber(name: string): string[] {
  const at = name.lastIndexOf(' ') + 1;
  const last = name.slice(at);
  return [...singulars(last), ...plurals(last)].map((word) => name.slice(0, at) + word);
}
