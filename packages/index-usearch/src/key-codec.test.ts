import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainKeys, scatteredKeys } from './key-codec.js';

describe.each([
  ['scattered', scatteredKeys],
  ['plain', plainKeys],
])('%s keys', (_, codec) => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 50 }), (keys) => {
        const encoded = codec.encode(keys);
        expect(codec.decode(encoded)).toEqual(keys);
        expect(Array.from(encoded, (key) => codec.decodeOne(Number(key)))).toEqual([...keys]);
      }),
    );
    const ends = Uint32Array.of(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1);
    expect(codec.decode(codec.encode(ends))).toEqual(ends);
  });
});

it('scatters keys in a row evenly over a table, whatever its size', () => {
  for (const bits of [10, 14, 18]) {
    const size = 2 ** bits;
    const keys = Uint32Array.from({ length: size / 2 }, (_, row) => 5_000_000 + row);
    const isTaken = new Uint8Array(size);
    let longest = 0;
    for (const key of scatteredKeys.encode(keys)) {
      let steps = 0;
      let place = Number(key) % size;
      for (; isTaken[place]; place = (place + 1) % size) steps++;
      isTaken[place] = 1;
      longest = Math.max(longest, steps);
    }
    expect(longest).toBeLessThan(10 * bits); // in a row they would be found at once, and others after size / 2 steps
  }
});
