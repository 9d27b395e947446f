import { isMentionable } from './name-forms.js';

/** Two 32-bit states over the words so far; extended word by word, so that a scan never hashes a prefix twice. */
export interface PhraseHash {
  readonly a: number;
  readonly b: number;
}

export const emptyPhrase: PhraseHash = { a: 0x811c9dc5 | 0, b: 0x2f0b4c47 };

export function extendPhrase({ a, b }: PhraseHash, word: string): PhraseHash {
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b ^= b >>> 15;
  }
  return { a: Math.imul(a ^ 0x20, 0x01000193), b: Math.imul(b ^ 0x20, 0x5bd1e995) };
}

const probes = 5;
const bitsPerItem = 10; // with 5 probes: about one wrong "maybe" in a hundred
const endSalt = 0x9e3779b9 | 0;
/** Bits of one stored block: a block is what a change writes. */
export const blockBits = 8192 * 8;

/**
 * Bloom filter (Bloom 1970) over the mentionable names and the beginnings of them: says at every word of a text, from
 * a few bits per name in memory, whether it is worth asking the store. Never misses a name; names removed stay in it.
 */
export interface NameFilter {
  readonly bits: Uint8Array;
  add(name: string): void;
  /** May a stored name go on after these words? */
  mayContinue(phrase: PhraseHash): boolean;
  /** May a stored name end here? */
  mayEnd(phrase: PhraseHash): boolean;
}

/** Entries that a name takes in the filter: one per word, or none. */
export function filterItems(name: string): number {
  const words = name.split(' ');
  return isMentionable(words) ? words.length : 0;
}

/** Bytes of a filter for so many entries, in whole blocks. */
export function filterBytes(items: number): number {
  return (Math.max(1, Math.ceil((items * bitsPerItem) / blockBits)) * blockBits) / 8;
}

export function createNameFilter(bits: Uint8Array): NameFilter {
  const size = bits.length * 8;

  function each(phrase: PhraseHash, salt: number, visit: (byte: number, mask: number) => boolean): boolean {
    let at = mix(phrase.a ^ salt);
    const step = mix(phrase.b ^ salt) | 1;
    for (let i = 0; i < probes; i++) {
      const bit = (at >>> 0) % size;
      if (!visit(bit >>> 3, 1 << (bit & 7))) return false;
      at = (at + step) | 0;
    }
    return true;
  }
  const set = (byte: number, mask: number) => {
    bits[byte]! |= mask;
    return true;
  };
  const isSet = (byte: number, mask: number) => (bits[byte]! & mask) !== 0;

  return {
    bits,
    add(name) {
      const words = name.split(' ');
      if (!isMentionable(words)) return;
      let phrase = emptyPhrase;
      for (const [i, word] of words.entries()) {
        phrase = extendPhrase(phrase, word);
        each(phrase, i === words.length - 1 ? endSalt : 0, set);
      }
    },
    mayContinue: (phrase) => each(phrase, 0, isSet),
    mayEnd: (phrase) => each(phrase, endSalt, isSet),
  };
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
