import { nameWords } from '@referent/core';
import type { CasedWord } from './casing.js';

/**
 * "Paris-based", "pro-Stalin": the one capitalised part, as a word that nothing joins. Of "Smith-Jones" no part
 * is taken: it is a name of its own.
 */
export function hyphenParts(word: CasedWord): CasedWord[] {
  const parts = word.written.split('-');
  const capitalised = parts.filter((part) => /[\p{Lu}\p{Lt}]/u.test(part));
  const [part] = capitalised;
  if (part === undefined || capitalised.length > 1 || !/^\p{Lu}/u.test(part)) return [];
  const start = word.start + word.written.indexOf(part);
  const doubtful = word.doubtful && start === word.start;
  return nameWords(part).map(({ normalized }) => ({
    start,
    end: start + part.length,
    normalized,
    written: part,
    capitalised: true,
    joint: { kind: 'shut', begins: doubtful },
    doubtful,
  }));
}
