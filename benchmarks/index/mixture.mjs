/**
 * A generator of vectors that lie as the real ones that it was fitted on: a mixture of clusters, in which a new vector is
 *
 *   centre + cos(a) * r1 + sin(a) * r2, brought to length 1,
 *
 * with r1 and r2 what two real vectors of the cluster have left after the centre, and a drawn evenly. Within a cluster this
 * keeps the mean and the whole covariance of the real vectors (not only the spread of each dimension), and how often a
 * cluster occurs is as measured. It differs from real vectors in this: nothing new lies outside the span of the sample,
 * rare shapes of a cluster are mixed away, exact duplicates are missing, and beyond the number of pairs of a cluster
 * neighbours get closer than real ones would. `compare` measures the difference.
 */
export function fitMixture(sample, { clusters = 256, rounds = 8, seed = 1 } = {}) {
  const { data, count, dimensions } = sample;
  const random = seededRandom(seed);
  const centres = new Float32Array(clusters * dimensions);
  for (let cluster = 0; cluster < clusters; cluster++) {
    centres.set(rowOf(sample, Math.floor(random() * count)), cluster * dimensions);
  }
  const assigned = new Uint32Array(count);
  for (let round = 0; round < rounds; round++) {
    const sums = new Float64Array(clusters * dimensions);
    const sizes = new Uint32Array(clusters);
    for (let row = 0; row < count; row++) {
      const vector = rowOf(sample, row);
      const cluster = nearestCentre(vector, centres);
      assigned[row] = cluster;
      sizes[cluster]++;
      for (let d = 0; d < dimensions; d++) sums[cluster * dimensions + d] += vector[d];
    }
    for (let cluster = 0; cluster < clusters; cluster++) {
      // A cluster that lost everything begins anew at some vector.
      const fresh = sizes[cluster] === 0 ? rowOf(sample, Math.floor(random() * count)) : undefined;
      for (let d = 0; d < dimensions; d++) {
        centres[cluster * dimensions + d] = fresh ? fresh[d] : sums[cluster * dimensions + d] / sizes[cluster];
      }
    }
  }
  const members = Array.from({ length: clusters }, () => []);
  for (let row = 0; row < count; row++) {
    assigned[row] = nearestCentre(rowOf(sample, row), centres);
    members[assigned[row]].push(row);
  }
  return { dimensions, data, centres, assigned, members, count };
}

/** `count` new vectors from a seed, part by part: `{ data, count }`. Other seeds give other vectors of the same kind. */
export function* generate(mixture, { count, seed, together = 8192 }) {
  const { dimensions, centres, assigned, members } = mixture;
  const random = seededRandom(seed);
  for (let from = 0; from < count; from += together) {
    const rows = Math.min(together, count - from);
    const data = new Float32Array(rows * dimensions);
    for (let row = 0; row < rows; row++) {
      // Drawing a real vector draws its cluster as often as it occurs.
      const first = Math.floor(random() * mixture.count);
      const others = members[assigned[first]];
      const second = others[Math.floor(random() * others.length)];
      const angle = random() * 2 * Math.PI;
      const [a, b] = [Math.cos(angle), Math.sin(angle)];
      const centre = centres.subarray(assigned[first] * dimensions, (assigned[first] + 1) * dimensions);
      const [one, other] = [rowOf(mixture, first), rowOf(mixture, second)];
      const target = data.subarray(row * dimensions, (row + 1) * dimensions);
      let square = 0;
      for (let d = 0; d < dimensions; d++) {
        target[d] = centre[d] + a * (one[d] - centre[d]) + b * (other[d] - centre[d]);
        square += target[d] ** 2;
      }
      const length = Math.sqrt(square) || 1;
      for (let d = 0; d < dimensions; d++) target[d] /= length;
    }
    yield { data, count: rows };
  }
}

export const rowOf = ({ data, dimensions }, row) => data.subarray(row * dimensions, (row + 1) * dimensions);

export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function nearestCentre(vector, centres) {
  const { length } = vector;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let at = 0; at < centres.length; at += length) {
    let square = 0;
    for (let d = 0; d < length && square < least; d++) square += (vector[d] - centres[at + d]) ** 2;
    if (square < least) [best, least] = [at / length, square];
  }
  return best;
}
