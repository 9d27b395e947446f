/**
 * 64 bits that change when the bytes do: the mixing steps of MurmurHash3 (public domain, Austin Appleby) with two
 * seeds. It tells files apart for a cache; it does not stand against somebody who wants two files to look alike.
 */
export function contentHash(bytes: Uint8Array): string {
  let high = 0x9747b28c;
  let low = 0x2f0b4a27;
  const mix = (word: number): void => {
    const scrambled = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    high = (Math.imul(rotate(high ^ scrambled, 13), 5) + 0xe6546b64) | 0;
    const other = Math.imul(rotate(Math.imul(word, 0x239b961b), 16), 0xab0e9789 | 0);
    low = (Math.imul(rotate(low ^ other, 17), 5) + 0x561ccd1b) | 0;
  };
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 4));
  for (let i = 0; i < words.length; i++) mix(words[i]!);
  for (let i = words.length * 4; i < bytes.length; i++) mix(bytes[i]! + 0x100);
  mix(bytes.length | 0);
  return [high, low].map((half) => (finish(half) >>> 0).toString(16).padStart(8, '0')).join('');
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function finish(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
