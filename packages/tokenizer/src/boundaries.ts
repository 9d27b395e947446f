import { classOf, ideograph, punctuation, removed, space } from './character-classes.js';
import type { NormalizationRules } from './normalization.js';

/** A character that belongs to the run of characters around it. */
export const inside = 0;
/** A character that ends a run and is nothing itself. */
export const separator = 1;
/** A character that ends a run and is a run of its own. */
export const alone = 2;

/** No character from here on is a boundary. */
const end = 0x30000;

/**
 * Where a text may be cut so that the pieces, normalized one by one, give what the whole would: at white space,
 * and around punctuation and ideographs. [codePoint] -> inside | separator | alone
 */
export function boundaryTable(rules: NormalizationRules): Uint8Array {
  const table = new Uint8Array(end);
  for (let codePoint = 0; codePoint < end; codePoint++) {
    const kind = classOf(codePoint);
    if (rules.cleanText && kind & removed) continue;
    if (kind & space) table[codePoint] = separator;
    else if (rules.splitIdeographs && kind & ideograph) table[codePoint] = alone;
    else if (kind & punctuation && !changes(codePoint)) table[codePoint] = alone;
  }
  return table;
}

/** Punctuation that decomposition turns into something else is left to the exact path. */
function changes(codePoint: number): boolean {
  const character = String.fromCodePoint(codePoint);
  return character.normalize('NFD') !== character;
}
