import { normalizeName, type Span } from '@referent/core';
import { isCommonWord } from './common-words.js';
import { jointBetween, takesFullStop } from './joint.js';

/** What compromise tells of a word. `pre + text + post` of all words, one after the other, are the text. */
export interface TaggedTerm {
  readonly text: string;
  readonly pre: string;
  readonly post: string;
  readonly tags?: ReadonlySet<string>;
}
export type Sentence = readonly TaggedTerm[];

interface PlacedTerm extends Span {
  readonly text: string;
  readonly tags: ReadonlySet<string>;
  /** May go on a phrase that the term before it began. */
  readonly joined: boolean;
  readonly begins: boolean;
  /** Named by its tags alone, whatever its place. */
  readonly named: boolean;
  readonly nameLike: boolean;
}

const nameTags = ['Person', 'Place', 'Organization', 'Acronym', 'ProperNoun'];
const sureTags = ['Person', 'Place', 'Organization', 'Acronym'];
const otherTags =
  `Date Month WeekDay Time Duration Holiday Pronoun Determiner Preposition Conjunction QuestionWord Modal
  Auxiliary Copula Negative Value Cardinal Ordinal Url Email HashTag AtMention Emoji Emoticon Expression Currency
  PhoneNumber Adverb`.split(/\s+/);
const linkWords = new Set([
  'of',
  'the',
  'de',
  'del',
  'la',
  'du',
  'von',
  'van',
  'der',
  'den',
  'di',
  'da',
  'bin',
  'ibn',
  'al',
  '&',
]);
const noTags: ReadonlySet<string> = new Set();

/** Runs of name-like words, in the order of the text. */
export function phrasesIn(text: string, sentences: readonly Sentence[]): Span[] {
  const spans: Span[] = [];
  let position = 0;
  for (const sentence of sentences) {
    const terms: PlacedTerm[] = [];
    const heading = isHeading(sentence);
    let gap = '';
    for (const { text: written, pre, post, tags = noTags } of sentence) {
      // Words that compromise adds when it opens a contraction have no text of their own.
      const start = placeOf(text, written, position + pre.length);
      if (start === undefined) continue;
      const before = terms.at(-1);
      gap += pre;
      const joint = before ? jointBetween(before.text, gap, written) : undefined;
      const joined = joint !== undefined && (joint.kind === 'open' || gap === '-') && !/['’]s?$/u.test(before!.text);
      const begins = joint?.begins ?? true;
      if (written !== '') {
        terms.push({
          start,
          end: start + written.length,
          text: written,
          tags,
          joined,
          begins,
          ...nature(written, tags, begins, heading),
        });
        gap = '';
      }
      position = start + written.length + post.length;
      gap += post;
    }
    for (const phrase of runsOf(terms)) {
      const span = spanOf(text, phrase);
      if (span) spans.push(span);
    }
  }
  return spans;
}

/** Where it should be; else the next place, should the terms not add up to the text. */
function placeOf(text: string, written: string, expected: number): number | undefined {
  if (text.startsWith(written, expected)) return expected;
  const found = text.slice(expected, expected + 1000).indexOf(written);
  return found < 0 ? undefined : expected + found;
}

function nature(written: string, tags: ReadonlySet<string>, begins: boolean, heading: boolean) {
  if (!/^\P{L}*\p{Lu}/u.test(written) || has(tags, otherTags)) return { named: false, nameLike: false };
  const named = has(tags, nameTags);
  // A capital says nothing in a heading, and nothing in a word that has only capitals.
  if (heading || /^\P{Ll}{2,}$/u.test(written)) return { named, nameLike: has(tags, sureTags) };
  if (!begins) return { named, nameLike: true };
  return { named, nameLike: named };
}

/** Every word has a capital. */
function isHeading(sentence: Sentence): boolean {
  const words = sentence.filter(({ text }) => /\p{L}{4,}/u.test(text));
  return words.length > 2 && words.every(({ text }) => /^\P{L}*\p{Lu}/u.test(text));
}

function* runsOf(terms: readonly PlacedTerm[]): Generator<PlacedTerm[]> {
  let run: PlacedTerm[] = [];
  let links: PlacedTerm[] = [];
  for (const term of terms) {
    if (!term.joined && run.length > 0) {
      yield run;
      run = [];
      links = [];
    }
    if (term.nameLike) {
      run = run.length > 0 ? [...run, ...links, term] : [term];
      links = [];
    } else if (run.length > 0 && links.length < 2 && linkWords.has(term.text)) links.push(term);
    else if (run.length > 0) {
      yield run;
      run = [];
      links = [];
    }
  }
  if (run.length > 0) yield run;
}

/** Without titles in front ("President Lincoln") and possessives behind; undefined if no name is left. */
function spanOf(text: string, run: readonly PlacedTerm[]): Span | undefined {
  const first = run.findIndex(({ tags }) => !tags.has('Honorific'));
  const terms = first < 0 ? [] : run.slice(first);
  const last = terms.at(-1);
  if (!last || (terms.length === 1 && isNoName(last))) return undefined;
  const { start } = terms[0]!;
  let end = last.end - (/['’]s?$/u.exec(last.text)?.[0].length ?? 0);
  if (end === last.end && text[end] === '.' && last.text.length > 1 && takesFullStop(last.text)) end++;
  const lead = /^\P{L}*/u.exec(text.slice(start, end))![0].length;
  return start + lead < end ? { start: start + lead, end } : undefined;
}

/** Alone, "American" says what somebody is like, and "Office" is capitalised for being an office, not for its name. */
function isNoName({ text, tags, named, begins }: PlacedTerm): boolean {
  if (tags.has('Demonym') || (!named && has(tags, ['Adjective', 'Verb']))) return true;
  return (begins || !has(tags, [...sureTags, 'Possessive'])) && isCommonWord(normalizeName(text));
}

function has(tags: ReadonlySet<string>, some: readonly string[]): boolean {
  return some.some((tag) => tags.has(tag));
}
