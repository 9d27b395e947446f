import { describe, expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './number-formats.js';

const every = Uint16Array.from({ length: 0x10000 }, (_, i) => i);

describe.each([
  { name: 'bfloat16', encode: encodeBfloat16, decode: decodeBfloat16, infinity: 0x7f80 },
  { name: 'float16', encode: encodeFloat16, decode: decodeFloat16, infinity: 0x7c00 },
])('$name', ({ encode, decode, infinity }) => {
  it('gives back every half that it decodes', () => {
    const again = encode(decode(every));
    for (let i = 0; i < every.length; i++) {
      if ((i & 0x7fff) > infinity) expect(Number.isNaN(decode(again.subarray(i, i + 1))[0])).toBe(true);
      else if (again[i] !== i) expect.fail(`0x${i.toString(16)} became 0x${again[i]!.toString(16)}`);
    }
  });

  it('rounds to the nearer neighbour, ties to the even one', () => {
    const values = decode(every);
    for (let i = 0; i < infinity - 1; i += 7) {
      const [low, high] = [values[i]!, values[i + 1]!];
      const middle = low + (high - low) / 2;
      const quarters = Float32Array.of(low + (high - low) / 4, middle, low + ((high - low) * 3) / 4);
      expect([...encode(quarters)]).toEqual([i, i % 2 === 0 ? i : i + 1, i + 1]);
    }
  });

  it('keeps infinities and turns what is too large into them', () => {
    const values = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4028234e38);
    expect([...encode(values)]).toEqual([infinity, infinity | 0x8000, infinity]);
  });
});

describe('float16', () => {
  it('knows its landmarks', () => {
    const values = Float32Array.of(1, -2, 65504, 65520, 2 ** -14, 2 ** -24, 2 ** -25, 0.1);
    expect([...encodeFloat16(values)]).toEqual([0x3c00, 0xc000, 0x7bff, 0x7c00, 0x0400, 0x0001, 0x0000, 0x2e66]);
  });
});
