/** Unit vectors around 200 common centres, from a seed: about as crowded as embeddings of short descriptions. */
export function clusteredUnitRows({ count, dimensions, seed }) {
  const normal = normalNumbers(7);
  const centres = Float32Array.from({ length: 200 * dimensions }, normal);
  const own = normalNumbers(seed);
  const data = new Float32Array(count * dimensions);
  for (let row = 0; row < count; row++) {
    const centre = (Math.imul(row + seed, 0x9e3779b1) >>> 0) % 200;
    let square = 0;
    for (let d = 0; d < dimensions; d++) {
      const value = centres[centre * dimensions + d] + own();
      data[row * dimensions + d] = value;
      square += value * value;
    }
    const norm = Math.sqrt(square);
    for (let d = 0; d < dimensions; d++) data[row * dimensions + d] /= norm;
  }
  return { data, count };
}

function normalNumbers(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
