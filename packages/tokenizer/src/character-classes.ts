import { unicodeTables } from './unicode-tables.js';

/** Bits of a character's class, as the reference tokenizer sees it. */
export const removed = 1;
export const space = 2;
export const punctuation = 4;
export const ideograph = 8;
export const accent = 16;

const bits = { removed, space, punctuation, ideograph, accent } satisfies Record<keyof typeof unicodeTables, number>;

const classes = readTables();

/** The class bits of a code point. Lone surrogates count as removed: no other encoding of Unicode can carry them. */
export function classOf(codePoint: number): number {
  return classes[codePoint] ?? 0;
}

function readTables(): Uint8Array {
  const table = new Uint8Array(0x110000);
  for (const name of Object.keys(unicodeTables) as (keyof typeof unicodeTables)[]) {
    const numbers = unicodeTables[name].split(' ').map((digits) => Number.parseInt(digits, 36));
    let next = 0;
    for (let i = 0; i < numbers.length; i += 2) {
      const first = next + numbers[i]!;
      next = first + numbers[i + 1]! + 1;
      for (let codePoint = first; codePoint < next; codePoint++) table[codePoint]! |= bits[name];
    }
  }
  table.fill(removed, 0xd800, 0xe000);
  return table;
}
