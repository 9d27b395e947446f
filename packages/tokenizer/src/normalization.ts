import { accent, classOf, punctuation, removed } from './character-classes.js';

/** What happens to a text before it is cut into word pieces; BERT's "normalizer". */
export interface NormalizationRules {
  /** Drop control and format characters. */
  readonly cleanText: boolean;
  /** Make every CJK ideograph a word of its own. */
  readonly splitIdeographs: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/** A word as the vocabulary knows it; character i (a code point) stands for `[starts[i], ends[i])` of its run. */
export interface NormalizedWord {
  readonly characters: string[];
  readonly starts: number[];
  readonly ends: number[];
}

export interface Normalizer {
  /**
   * Normalizes one run of a text (see boundaries.ts) and cuts it into words, in the order of the reference: clean,
   * decompose, strip, lower, split at punctuation. A run of accents or control characters alone gives no word.
   * A word of more than `longestWord` characters is given without those after the next; its last end is still right.
   */
  words(run: string): NormalizedWord[];
}

export function createNormalizer(rules: NormalizationRules, longestWord: number): Normalizer {
  /** What became of the characters seen so far. */
  const known = new Map<number, readonly Part[]>();

  function partsOf(codePoint: number): readonly Part[] {
    const seen = known.get(codePoint);
    if (seen) return seen;
    const parts = normalizeCharacter(codePoint, rules);
    known.set(codePoint, parts);
    return parts;
  }

  return {
    words(run) {
      const words: NormalizedWord[] = [];
      let word: NormalizedWord | undefined;
      for (let start = 0, end = 0; start < run.length; start = end) {
        const codePoint = run.codePointAt(start)!;
        end = start + (codePoint > 0xffff ? 2 : 1);
        for (const { text, isPunctuation } of partsOf(codePoint)) {
          if (!word || isPunctuation) {
            word = { characters: [], starts: [], ends: [] };
            words.push(word);
          }
          append(word, text, start, end);
          if (isPunctuation) word = undefined;
        }
      }
      if (rules.stripAccents) words.forEach(reorderMarks);
      return words;
    },
  };

  function append({ characters, starts, ends }: NormalizedWord, text: string, start: number, end: number): void {
    if (characters.length > longestWord) {
      ends[longestWord] = end;
      return;
    }
    characters.push(text);
    starts.push(start);
    ends.push(end);
  }
}

/** One character of what a character becomes. */
interface Part {
  readonly text: string;
  readonly isPunctuation: boolean;
}

function normalizeCharacter(codePoint: number, rules: NormalizationRules): Part[] {
  if (rules.cleanText && classOf(codePoint) & removed) return [];
  let text = String.fromCodePoint(codePoint);
  if (rules.stripAccents) text = [...text.normalize('NFD')].filter((part) => !(classAt(part) & accent)).join('');
  if (rules.lowercase) text = text.toLowerCase();
  return Array.from(text, (part) => ({ text: part, isPunctuation: (classAt(part) & punctuation) !== 0 }));
}

function classAt(character: string): number {
  return classOf(character.codePointAt(0)!);
}

/** Decomposed one by one, marks may stand in another order than decomposed together. */
function reorderMarks({ characters }: NormalizedWord): void {
  const text = characters.join('');
  const ordered = text.normalize('NFD');
  if (ordered !== text) characters.splice(0, characters.length, ...ordered);
}
