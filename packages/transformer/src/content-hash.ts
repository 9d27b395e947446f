/**
 * 64 bits that change when the bytes do: the mixing steps of MurmurHash3 (public domain, Austin Appleby) with two
 * seeds. It tells files apart for a cache; it does not stand against somebody who wants two files to look alike.
 */
export function contentHash(bytes: Uint8Array): string {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const count = Math.floor(aligned.length / 4);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, count);
  const rest = Int32Array.of(...aligned.subarray(count * 4), bytes.length);
  return absorb(absorb([0x1747b28c, 0x2f0b4a27], words), rest)
    .map(finish)
    .join('');
}

type State = readonly [high: number, low: number];

function absorb(state: State, words: Int32Array): State {
  let [high, low] = state;
  for (let i = 0; i < words.length; i++) {
    const first = Math.imul(words[i]!, 0xcc9e2d51);
    high ^= Math.imul((first << 15) | (first >>> 17), 0x1b873593);
    high = (Math.imul((high << 13) | (high >>> 19), 5) + 0xe6546b64) | 0;
    low ^= Math.imul((first << 16) | (first >>> 16), 0x239b961b);
    low = (Math.imul((low << 17) | (low >>> 15), 5) + 0x561ccd1b) | 0;
  }
  return [high, low];
}

function finish(hash: number): string {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return ((second ^ (second >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
