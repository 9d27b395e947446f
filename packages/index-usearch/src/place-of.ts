/** Where a key lies among ascending ones that have it; where they do not have it, a place that holds another key or none. */
export function placeOf(key: number, keys: Uint32Array): number {
  let [low, high] = [0, keys.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
