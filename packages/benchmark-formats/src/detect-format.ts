import type { BenchmarkFormat } from './benchmark-format.js';
import { atPlace, type Place } from './errors.js';
import type { Fields } from './fields.js';

/** Turtle begins with a directive, a comment, an address or a prefixed name; JSON never does. */
export function looksLikeTurtle(line: string): boolean {
  return /^\s*(?:@(?:prefix|base)\b|(?:prefix|base)\s|#|<|_:)/i.test(line);
}

/** The fields that tell a format from all others, the surest first. */
const signs: readonly (readonly [Exclude<BenchmarkFormat, 'nif'>, readonly string[]])[] = [
  ['zeshel', ['context_document_id', 'label_document_id']],
  ['blink-zeshel', ['label_title', 'label', 'world', 'mention']],
  ['kilt', ['input', 'output']],
  ['elevant', ['text', 'labels']],
  ['blink', ['query_id', 'mention']],
  ['blink', ['Wikipedia_ID', 'mention']],
  ['referent', ['mention']],
  ['referent', ['label_id']],
];

/** @throws `MENTIONS_UNKNOWN_FORMAT` */
export function formatOfRecord(fields: Fields, place: Place): Exclude<BenchmarkFormat, 'nif'> {
  const found = signs.find(([, names]) => names.every((name) => name in fields));
  if (found) return found[0];
  throw unknownFormat(place, `Its fields are: ${Object.keys(fields).join(', ') || 'none'}.`);
}

export function unknownFormat(place: Place, why: string): Error {
  return atPlace('MENTIONS_UNKNOWN_FORMAT', place, 'the format was not recognised', {
    why,
    fix: 'Say which it is: referent, blink, zeshel, blink-zeshel, kilt, elevant or nif.',
  });
}
