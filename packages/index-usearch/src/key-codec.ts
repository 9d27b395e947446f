/** What usearch is given for a key, and back. */
export interface KeyCodec {
  /** Of the file's format, which tells how its keys are to be read. */
  readonly version: number;
  encode(keys: Uint32Array): BigUint64Array;
  decode(keys: BigUint64Array): Uint32Array;
  decodeOne(key: number): number;
}

/**
 * usearch keeps keys in a table, at the place that their lowest bits say or the next free one after it. Keys in a row
 * would fill the table in a row, and one that is not stored but falls among them would be compared with thousands: a
 * million vectors were asked for 1,024 keys in a second. So keys are scattered, by the finalizer of MurmurHash3, which
 * gives every number another one and can be undone.
 */
export const scatteredKeys = codec(3, scatter, gather);

/** As files of before were written. */
export const plainKeys = codec(2, same, same);

function codec(version: number, encodeOne: (key: number) => number, decodeOne: (key: number) => number): KeyCodec {
  return {
    version,
    decodeOne,
    encode(keys) {
      const halves = new Uint32Array(keys.length * 2); // of little-endian u64
      for (let at = 0; at < keys.length; at++) halves[at * 2 + lowHalf] = encodeOne(keys[at]!);
      return new BigUint64Array(halves.buffer);
    },
    decode(keys) {
      const halves = new Uint32Array(keys.buffer, keys.byteOffset, keys.length * 2);
      const decoded = new Uint32Array(keys.length);
      for (let at = 0; at < keys.length; at++) decoded[at] = decodeOne(halves[at * 2 + lowHalf]!);
      return decoded;
    },
  };
}

/** Where the low half of a u64 lies: big numbers one by one would cost more than the search of a small index. */
const lowHalf = new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? 0 : 1;

function same(key: number): number {
  return key;
}

function scatter(key: number): number {
  let bits = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The steps of `scatter` from the last to the first, with the inverse of each factor modulo 2^32. */
function gather(scattered: number): number {
  let bits = Math.imul(scattered ^ (scattered >>> 16), 0x7ed1b41d);
  bits = Math.imul(bits ^ (bits >>> 13) ^ (bits >>> 26), 0xa5cb9243);
  return (bits ^ (bits >>> 16)) >>> 0;
}
