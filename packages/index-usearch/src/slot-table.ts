import { placeOf } from './place-of.js';

/** Where the vector of a key lies in a file. Eight bytes a key: a map would take ten times as many, and ends at 16 million. */
export interface SlotTable {
  /** Ascending. */
  readonly keys: Uint32Array;
  /** `undefined` for a key that is not there. */
  slotOf(key: number): number | undefined;
}

/** @param entries key and slot of each, one after the other // [n, 2] */
export function createSlotTable(entries: Uint32Array): SlotTable {
  const ordered = isAscending(entries) ? entries : byKey(entries);
  const keys = new Uint32Array(ordered.length / 2);
  const slots = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at++) {
    keys[at] = ordered[at * 2]!;
    slots[at] = ordered[at * 2 + 1]!;
  }
  return {
    keys,
    slotOf(key) {
      const at = placeOf(key, keys);
      return keys[at] === key ? slots[at] : undefined;
    },
  };
}

function isAscending(entries: Uint32Array): boolean {
  for (let at = 2; at < entries.length; at += 2) if (entries[at]! <= entries[at - 2]!) return false;
  return true;
}

/** Both halves in one number: numbers of one kind are sorted without asking JavaScript which comes first. */
function byKey(entries: Uint32Array): Uint32Array {
  const together = new BigUint64Array(entries.length / 2);
  for (let at = 0; at < together.length; at++) {
    together[at] = (BigInt(entries[at * 2]!) << 32n) | BigInt(entries[at * 2 + 1]!);
  }
  const ordered = new Uint32Array(entries.length);
  for (const [at, both] of together.sort().entries()) {
    ordered[at * 2] = Number(both >> 32n);
    ordered[at * 2 + 1] = Number(both & 0xffffffffn);
  }
  return ordered;
}
