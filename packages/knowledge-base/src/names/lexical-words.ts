import { type Entity, foldText } from '@referent/core';
import { longestName } from './name-forms.js';

/**
 * The words by which names are searched, which SQLite then stems. As `nameWords`, but the parts of hyphenated words
 * stand alone, so does every Han character, and a lone Greek letter is its name: "β-cells" has the words of "beta cells", "U.S." that of "US".
 */
export function lexicalWords(name: string): string[] {
  const plain = foldText(name)
    .replace(/['’]s(?![\p{L}\p{N}])/gu, '')
    .replace(/(?<=[\p{L}\p{N}])['’](?=[\p{L}\p{N}])/gu, '')
    .replace(/(?<=(?<![\p{L}\p{N}])\p{L})\.(?=\p{L})/gu, '');
  const runs = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return runs.flatMap((run) => run.split(/(?=\p{Script=Han})|(?<=\p{Script=Han})/u));
}

/** A name as the table `lexicon` holds it. Its row is `lexiconRow(key, number)`. */
export interface LexiconName {
  readonly number: number;
  readonly isTitle: boolean;
  readonly words: string;
}

/** Rows that the table keeps for one entity: more names than these are not searched. */
export const rowsPerEntity = 1024;

export const lexiconRow = (key: number, number: number): number => key * rowsPerEntity + number;

/** An entity's names, each on its own: among many aliases in one text, each would count for less. */
export function lexiconNames({ title, aliases = [] }: Pick<Entity, 'title' | 'aliases'>): LexiconName[] {
  const names = new Map<string, LexiconName>();
  for (const [i, name] of [title, ...aliases].entries()) {
    if (name.length > longestName || names.size === rowsPerEntity) continue;
    const words = lexicalWords(name).join(' ');
    if (words !== '' && !names.has(words)) names.set(words, { number: names.size, isTitle: i === 0, words });
  }
  return [...names.values()];
}
