import { type NameWord, nameWords } from '@referent/core';
import { isCommonWord, isFunctionWord } from './common-words.js';
import { type Joint, jointBetween } from './joint.js';

/** A word of a text, with all that its writing says about whether it is a name. */
export interface CasedWord extends NameWord {
  readonly written: string;
  /** Has a capital, or is of a script without capitals. */
  readonly capitalised: boolean;
  /** What stands before it; before the first word nothing runs on. */
  readonly joint: Joint;
  /** Its capital, if it has one, may come from its place or its surroundings: the head of a sentence, a title in capitals. */
  readonly doubtful: boolean;
}

export interface CasedText {
  readonly words: readonly CasedWord[];
  /** There is no capital at all: small letters say nothing. */
  readonly lowerCase: boolean;
  /** Normalized words that occur in small letters. */
  readonly seenSmall: ReadonlySet<string>;
  /** Normalized words that occur with a capital that can only be their own. */
  readonly seenProper: ReadonlySet<string>;
}

const firstJoint: Joint = { kind: 'shut', begins: true };

export function readCasing(text: string): CasedText {
  const words: (CasedWord & { doubtful: boolean })[] = [];
  for (const { start, end, normalized } of nameWords(text)) {
    const written = text.slice(start, end);
    const before = words.at(-1);
    const joint = before ? jointBetween(before.written, text.slice(before.end, start), written) : firstJoint;
    const capitalised = isCapitalised(written);
    words.push({ start, end, normalized, written, capitalised, joint, doubtful: joint.begins });
  }
  for (const [from, to] of sentences(words)) {
    // A sentence without small letters but in "of" and "the" is a heading: there every word has a capital.
    const sentence = words.slice(from, to);
    const heading = sentence.every(({ capitalised, normalized }) => capitalised || isFunctionWord(normalized));
    if (heading) for (const word of sentence) word.doubtful = true;
  }
  const lowerCase = !/[\p{Lu}\p{Lt}]/u.test(text);
  const seenSmall = new Set<string>();
  const seenProper = new Set<string>();
  for (const { capitalised, doubtful, normalized } of words) {
    if (!capitalised) seenSmall.add(normalized);
    else if (!doubtful) seenProper.add(normalized);
  }
  return { words, lowerCase, seenSmall, seenProper };
}

export type Look = 'name' | 'doubtful' | 'small';

/** Do these words look like a name, as they are written here? */
export function lookOf({ lowerCase, seenSmall, seenProper }: CasedText, words: readonly CasedWord[]): Look {
  const [first] = words;
  if (words.length === 1 && first) {
    const { normalized, capitalised, doubtful, written } = first;
    if (lowerCase) return isCommonWord(normalized) ? 'doubtful' : 'name';
    if (!capitalised) return 'small';
    if (!doubtful) return isFunctionWord(normalized) && !/^\P{Ll}{2,}$/u.test(written) ? 'doubtful' : 'name';
    if (isFunctionWord(normalized)) return 'doubtful';
    // Frequent as a word; written small elsewhere; never capitalised where it need not be: two of these are too many.
    const signs = [isCommonWord(normalized), seenSmall.has(normalized), !seenProper.has(normalized)];
    return signs.filter(Boolean).length >= 2 ? 'doubtful' : 'name';
  }
  const content = words.filter(({ normalized }) => !isFunctionWord(normalized));
  const telling = content.length > 0 ? content : words;
  if (lowerCase) return content.length > 0 ? 'name' : 'doubtful';
  // The first word of a sentence has its capital anyway: one of the others must have one too.
  const proven = telling.some((word) => word.capitalised && !(word === first && word.doubtful));
  return proven ? 'name' : 'small';
}

function isCapitalised(written: string): boolean {
  return /[\p{Lu}\p{Lt}]/u.test(written) || !/\p{Ll}/u.test(written);
}

function* sentences(words: readonly CasedWord[]): Generator<[number, number]> {
  let from = 0;
  for (let i = 1; i <= words.length; i++) {
    if (i < words.length && words[i]!.joint.kind !== 'shut') continue;
    yield [from, i];
    from = i;
  }
}
