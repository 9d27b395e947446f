import type { NameForm } from '../names/name-forms.js';

/** What FTS5's ascii tokenizer takes as one word: normalized words can hold punctuation ("⑴" is "(1)"). */
function indexWord(word: string): string {
  return word.replace(/[\0-/:-@[-`{-\x7f]/g, '');
}

/** All words of an entity's names, as the table `words` stores them. The same text is needed to take them out again. */
export function wordsOf(forms: readonly NameForm[]): string {
  const words = new Set(forms.flatMap(({ name }) => name.split(' ').map(indexWord)));
  words.delete('');
  return [...words].join(' ');
}

/** An FTS5 query for the rows with all these words; undefined if none of them can be asked for. */
export function matchAllWords(words: readonly string[]): string | undefined {
  const asked = words.map(indexWord).filter((word) => word !== '');
  return asked.length > 0 ? asked.map((word) => `"${word}"`).join(' AND ') : undefined;
}
