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

/** One character (code point) of a normalized text, and where in the original it comes from. */
export interface NormalizedCharacter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Normalizes one run of a text (see boundaries.ts) and cuts it into words, in the order of the reference: clean,
 * decompose, strip, lower, split at punctuation. A run without a word, such as a lone accent, gives none.
 */
export function normalizeRun(run: string, rules: NormalizationRules): NormalizedCharacter[][] {
  const words: NormalizedCharacter[][] = [];
  let word: NormalizedCharacter[] | undefined;
  for (const character of normalizeCharacters(run, rules)) {
    const isPunctuation = classOf(character.text.codePointAt(0)!) & punctuation;
    if (!word || isPunctuation) {
      word = [];
      words.push(word);
    }
    word.push(character);
    if (isPunctuation) word = undefined;
  }
  return words;
}

function normalizeCharacters(run: string, rules: NormalizationRules): NormalizedCharacter[] {
  let characters: NormalizedCharacter[] = [];
  let end = 0;
  for (const character of run) {
    const start = end;
    end += character.length;
    if (rules.cleanText && classOf(character.codePointAt(0)!) & removed) continue;
    for (const part of rules.stripAccents ? character.normalize('NFD') : character) {
      characters.push({ text: part, start, end });
    }
  }
  if (rules.stripAccents) {
    // Decomposed one by one, marks may stand in another order than decomposed together.
    const ordered = [
      ...characters
        .map(({ text }) => text)
        .join('')
        .normalize('NFD'),
    ];
    characters = characters
      .map((character, i) => ({ ...character, text: ordered[i]! }))
      .filter(({ text }) => !(classOf(text.codePointAt(0)!) & accent));
  }
  if (!rules.lowercase) return characters;
  return characters.flatMap(({ text, start, end }) =>
    Array.from(text.toLowerCase(), (lower) => ({ text: lower, start, end })),
  );
}
