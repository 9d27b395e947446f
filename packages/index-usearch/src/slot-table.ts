/** Where the vector of a key lies in a file. Eight bytes a key: a map would take ten times as many, and ends at 16 million. */
export interface SlotTable {
  /** Ascending. */
  readonly keys: Uint32Array;
  /** `undefined` for a key that is not there. */
  slotOf(key: number): number | undefined;
}

/** @param entries key and slot of each, one after the other // [n, 2] */
export function createSlotTable(entries: Uint32Array): SlotTable {
  const count = entries.length / 2;
  const keys = new Uint32Array(count);
  const slots = new Uint32Array(count);
  // Both halves in one number: numbers of one kind are sorted without asking JavaScript which comes first.
  const together = new BigUint64Array(isAscending(entries) ? 0 : count);
  for (let at = 0; at < together.length; at++) {
    together[at] = (BigInt(entries[at * 2]!) << 32n) | BigInt(entries[at * 2 + 1]!);
  }
  together.sort();
  for (let at = 0; at < count; at++) {
    const both = together[at];
    keys[at] = both === undefined ? entries[at * 2]! : Number(both >> 32n);
    slots[at] = both === undefined ? entries[at * 2 + 1]! : Number(both & 0xffffffffn);
  }
  return {
    keys,
    slotOf(key) {
      let [low, high] = [0, count - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (keys[middle]! < key) low = middle + 1;
        else high = middle;
      }
      return keys[low] === key ? slots[low] : undefined;
    },
  };
}

function isAscending(entries: Uint32Array): boolean {
  for (let at = 2; at < entries.length; at += 2) if (entries[at]! <= entries[at - 2]!) return false;
  return true;
}
