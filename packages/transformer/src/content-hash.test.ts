import { describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.js';

const sample = Uint8Array.from({ length: 67 }, (_, i) => (i * 37) & 0xff);

describe('contentHash', () => {
  it('stays what it is: caches on disk are named by it', () => {
    expect(contentHash(sample)).toBe('a3ecacb3ffa2aa80');
  });

  it('changes with every bit, the length, and the order', () => {
    const variants = [sample, sample.subarray(1), sample.subarray(0, 66), sample.toReversed(), new Uint8Array(0)];
    for (let i = 0; i < sample.length * 8; i++) {
      variants.push(sample.map((byte, at) => (at === i >> 3 ? byte ^ (1 << (i & 7)) : byte)));
    }
    variants.push(new Uint8Array(1), new Uint8Array(4), new Uint8Array(8));
    expect(new Set(variants.map(contentHash)).size).toBe(variants.length);
  });
});
