import { overLimit } from '../errors.js';

/** Thrown where a pickle wants more bytes than there are: whoever holds the file may bring more. */
export class PickleEnded extends Error {}

const longestString = 1 << 20;
const longestLine = 512;

/** Reads the arguments of pickle instructions, which are little-endian but for floats. */
export interface Cursor {
  readonly position: number;
  byte(): number;
  uint16(): number;
  uint32(): number;
  int32(): number;
  float64(): number;
  integer(bytes: number): number | bigint;
  text(length: number): string;
  /** Up to a line feed, which is left out. */
  line(): string;
}

export function createCursor(bytes: Uint8Array, start: number, file: string): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let position = start;
  const take = (length: number) => {
    const at = position;
    if (length > bytes.length - at) throw new PickleEnded();
    position = at + length;
    return at;
  };
  return {
    get position() {
      return position;
    },
    byte: () => view.getUint8(take(1)),
    uint16: () => view.getUint16(take(2), true),
    uint32: () => view.getUint32(take(4), true),
    int32: () => view.getInt32(take(4), true),
    float64: () => view.getFloat64(take(8)),
    integer(length) {
      const at = take(length);
      let value = 0n;
      for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
      const signed = BigInt.asIntN(length * 8, value);
      return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
    },
    text(length) {
      if (length > longestString) throw overLimit(file, `a string of ${length} bytes`, longestString);
      const at = take(length);
      return decoder.decode(bytes.subarray(at, at + length));
    },
    line() {
      const length = bytes.subarray(position, position + longestLine).indexOf(10);
      if (length >= 0) {
        const at = take(length + 1);
        return decoder.decode(bytes.subarray(at, at + length));
      }
      if (bytes.length - position >= longestLine) throw overLimit(file, 'a name without an end', longestLine);
      throw new PickleEnded();
    },
  };
}
