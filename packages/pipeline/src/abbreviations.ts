import type { MentionInContext } from '@referent/core';

/** What the abbreviations of a text stand for, as the text itself says. */
export type Abbreviations = ReadonlyMap<string, string>;

const bracket = /[(（]([^()（）]{2,120})[)）]/gu;
const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['’.&][\p{L}\p{N}\p{M}]+)*/gu;
const longest = 10;
/** Characters before a bracket in which the long form is looked for. */
const reach = 200;

/**
 * The abbreviations that a text defines: "embryonic stem (ES) cells", "WHO (World Health Organization)". The first
 * definition of each counts. After Schwartz and Hearst 2003, A Simple Algorithm for Identifying Abbreviation
 * Definitions in Biomedical Text, with fewer things taken for abbreviations: they need capitals. Linear in the text.
 */
export function definedAbbreviations(text: string): Abbreviations {
  const found = new Map<string, string>();
  const define = (short: string, long: string | undefined) => {
    if (long === undefined || found.has(short)) return;
    found.set(short, long);
    const [shortWords, longWords] = [short.split(' '), long.split(' ')];
    const sharesLast = shortWords.length === 2 && shortWords[1] === longWords.at(-1) && isAbbreviation(shortWords[0]!);
    if (sharesLast && longWords.length > 2) define(shortWords[0]!, longWords.slice(0, -1).join(' '));
  };
  for (const { 1: inside = '', index } of text.matchAll(bracket)) {
    const before = text.slice(Math.max(0, index - reach), index).trimEnd();
    if (before === '') continue;
    const short = inside.split(/[,;]/u, 1)[0]!.trim().replace(/\s+/gu, ' ');
    if (isAbbreviation(short)) {
      define(withoutPlural(short), longForm(withoutPlural(short), before));
      continue;
    }
    const word = /(?:^|\s)(\S+)$/u.exec(before)?.[1] ?? '';
    const wordShort = withoutPlural(word);
    if (isAbbreviation(word) && longForm(wordShort, inside) === spaced(inside)) define(wordShort, spaced(inside));
  }
  return found;
}

/** Whether a word of these may be an abbreviation. Cheap: most mentions need no more. */
export function mayHaveAbbreviation(surface: string): boolean {
  return /\p{Lu}[\p{Lu}\p{N}]|\p{Ll}\p{Lu}|(?<![\p{L}\p{N}])\p{Lu}\p{Ll}{1,2}(?![\p{L}\p{N}])/u.test(surface);
}

/** The mention with what its abbreviations stand for in place of them; the same mention if it has none. */
export function spellOut(mention: MentionInContext, abbreviations: Abbreviations): MentionInContext {
  if (abbreviations.size === 0) return mention;
  const { surface } = mention;
  const whole = abbreviations.get(surface.trim());
  const surfaceInFull =
    whole ??
    surface.replace(wordPattern, (word) => abbreviations.get(word) ?? abbreviations.get(withoutPlural(word)) ?? word);
  if (surfaceInFull === surface) return mention;
  return { ...mention, surface: surfaceInFull.replace(/(?<=\p{L})-(?=\p{Ll})/gu, ' '), abbreviation: surface };
}

/** Two to ten characters, two words at most, the first of them with capitals or digits. */
function isAbbreviation(text: string): boolean {
  if (text.length < 2 || text.length > longest || !/^[\p{L}\p{N}]/u.test(text)) return false;
  const words = text.split(' ');
  const [first = ''] = words;
  if (words.length > 2 || !/\p{L}/u.test(first)) return false;
  const telling = first.match(/[\p{Lu}\p{N}]/gu)?.length ?? 0;
  return telling > 1 || (telling === 1 && first.length > 1 && first.length < 4);
}

function withoutPlural(word: string): string {
  return word.replace(/(?<=[\p{Lu}\p{N}])s$/u, '');
}

/**
 * The shortest stretch of words at the end of `text` that has the letters of `short` in their order, the first of them
 * at the beginning of a word.
 */
function longForm(short: string, text: string): string | undefined {
  const letters = [...short.toLowerCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const words = text.split(/\s+/u).slice(-Math.min(letters.length + 5, letters.length * 2));
  const candidate = words.join(' ');
  const lower = candidate.toLowerCase();
  if (lower.length !== candidate.length) return undefined; // a few letters change their length with their case
  let at = lower.length;
  for (let i = letters.length - 1; i >= 0; i--) {
    do at--;
    while (at >= 0 && !(lower[at] === letters[i] && (i > 0 || isWordStart(lower, at))));
    if (at < 0) return undefined;
  }
  const long = candidate.slice(at).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  const isLonger = long.length > short.length * 1.5 && !long.split(' ').includes(short);
  return isLonger && !/[.!?:;]\s/u.test(long) ? long : undefined;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);
}

function spaced(text: string): string {
  return text.trim().replace(/\s+/gu, ' ');
}
