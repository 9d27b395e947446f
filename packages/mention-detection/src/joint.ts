/** What stands between two words, as far as names are concerned. */
export interface Joint {
  /** `open`: a name may run on. `written`: only if the name is written with just this. `shut`: no name crosses it. */
  readonly kind: 'open' | 'written' | 'shut';
  /** The next word may be capitalised for its place: a sentence, a line or a quotation begins. */
  readonly begins: boolean;
}

const abbreviations = new Set(
  `adm brig capt cmdr co col corp dr esq fr ft gen gov hon inc jr lieut lt ltd maj messrs mme mr mrs ms mt mts pres
  prof rep rev sen sgt sr st ste supt vs`.split(/\s+/),
);

/** Does a full stop after this word belong to it? "St", "Jr", the initials of a person, "U.S". */
export function takesFullStop(word: string): boolean {
  return /^\p{Lu}$/u.test(word)
    ? word !== 'I'
    : /^(?:\p{L}\.)+\p{L}$/u.test(word) || abbreviations.has(word.toLowerCase());
}

const blank: Joint = { kind: 'open', begins: false };

export function jointBetween(word: string, gap: string, next: string): Joint {
  if (gap === ' ') return blank; // nine of ten
  if (/^\s*$/u.test(gap)) {
    const lines = gap.split(/\r\n|[\n\r\u2028\u2029]/u).length;
    return lines > 2 ? { kind: 'shut', begins: true } : { kind: 'open', begins: lines > 1 };
  }
  if (/^\.\s+$/u.test(gap) && takesFullStop(word)) return { kind: 'open', begins: false };
  // "Washington, D.C.", "Martin Luther King, Jr."
  if (/^,[ \u00a0]$/u.test(gap) && /^(?:(?:\p{Lu}\.)+\p{Lu}|[JS]r|Inc|Ltd|Co|Corp)$/u.test(next))
    return { kind: 'open', begins: false };
  if (/^\s*&\s*$/u.test(gap)) return { kind: 'open', begins: false };
  if (/[.!?…:。！？]|\n\s*\n|[\t|•*#]/u.test(gap)) return { kind: 'shut', begins: true };
  const begins = /["“”«»„\n\r]|(?:^|\s)['‘]/u.test(gap);
  return { kind: gap.length <= 3 && !gap.includes(';') ? 'written' : 'shut', begins };
}
