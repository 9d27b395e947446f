import { createUsearchIndex } from '@referent/index-usearch';

/**
 * A generator of vectors that lie as the real ones that it was fitted on. A new vector is a real one, moved at random
 * within the space that its own neighbours span, and brought to length 1:
 *
 *   v + spread * sum over j of g_j (n_j - v) / sqrt(mixed),   g_j normal, n_j `mixed` of the nearest neighbours of v
 *
 * so where real vectors are crowded new ones are, clusters occur as often as they are, and the directions in which a
 * vector may differ from its neighbours (the local dimension) are those of real ones. `spread` is chosen so that among
 * equally many real and generated vectors the 10th neighbour is equally near. It differs from real vectors in this:
 * every vector has siblings (`count` / `sample` of them) that scatter evenly around one place, where real texts form
 * finer groups; and nothing lies far from all of the sample.
 */
export async function fitNeighbourhoods(sample, { neighbours = 32, mixed = 4, threads = 0 } = {}) {
  const { data, count, dimensions } = sample;
  const index = await createUsearchIndex({ dimensions, quantization: 'i8', expansionAdd: 64, threads });
  const keys = Uint32Array.from({ length: count }, (_, row) => row);
  await index.add(keys, { data, count });
  const near = new Uint32Array(count * neighbours);
  for (let from = 0; from < count; from += 4096) {
    const rows = Math.min(4096, count - from);
    const found = await index.search(
      { data: data.slice(from * dimensions, (from + rows) * dimensions), count: rows },
      neighbours + 1,
    );
    found.forEach((hits, at) => {
      const others = Array.from(hits.keys).filter((key) => key !== from + at);
      near.set(others.slice(0, neighbours), (from + at) * neighbours);
    });
  }
  await index.close();
  const fitted = { sample, near, neighbours, mixed, spread: 1 };
  const size = Math.min(count, 10_000);
  const wanted = (await crowding(sample, size)).cosines[10];
  let [low, high] = [0.2, 1.2];
  for (let round = 0; round < 5; round++) {
    fitted.spread = (low + high) / 2;
    const [made] = generate(fitted, { count: size, seed: 99, together: size });
    const { cosines } = await crowding({ ...made, dimensions }, size);
    if (cosines[10] > wanted) low = fitted.spread;
    else high = fitted.spread;
  }
  return fitted;
}

/** `count` new vectors from a seed, part by part: `{ data, count }`. Other seeds give other vectors of the same kind. */
export function* generate({ sample, near, neighbours, mixed, spread }, { count, seed, together = 8192, from = 0 }) {
  const { dimensions } = sample;
  const width = spread / Math.sqrt(mixed);
  for (let start = from; start < count; start += together) {
    // A part depends on its place alone, so that a killed run goes on where it was.
    const random = seededRandom(seed * 1_000_003 + start);
    const rows = Math.min(together, count - start);
    const data = new Float32Array(rows * dimensions);
    const target = new Float32Array(dimensions);
    for (let row = 0; row < rows; row++) {
      const at = Math.floor(random() * sample.count);
      target.set(rowOf(sample, at));
      let kept = 1;
      for (let j = 0; j < mixed; j++) {
        const weight = width * normal(random);
        const other = near[at * neighbours + Math.floor(random() * neighbours)] * dimensions;
        kept -= weight;
        for (let d = 0; d < dimensions; d++) target[d] += weight * sample.data[other + d];
      }
      // v + sum w (n - v) = v (1 - sum w) + sum w n
      const base = at * dimensions;
      let square = 0;
      for (let d = 0; d < dimensions; d++) {
        target[d] += (kept - 1) * sample.data[base + d];
        square += target[d] * target[d];
      }
      const scale = 1 / (Math.sqrt(square) || 1);
      for (let d = 0; d < dimensions; d++) data[row * dimensions + d] = target[d] * scale;
    }
    yield { data, count: rows, from: start };
  }
}

/**
 * How crowded vectors are: the median cosine to the neighbours 1, 10 and 100 of 200 of them, and the local dimension
 * (maximum likelihood over the distances of the 100 nearest: Levina and Bickel 2004), also the median.
 */
export async function crowding({ data, dimensions }, size, probes = 200) {
  const { createExactIndex } = await import('@referent/index-exact');
  const index = createExactIndex({ dimensions });
  await index.add(
    Uint32Array.from({ length: size }, (_, row) => row),
    { data: data.subarray(0, size * dimensions), count: size },
  );
  const some = new Float32Array(probes * dimensions);
  for (let i = 0; i < probes; i++)
    some.set(rowOf({ data, dimensions }, Math.floor((i * size) / probes)), i * dimensions);
  const found = await index.search({ data: some, count: probes }, 101);
  await index.close();
  return crowdingOf(found.map(({ scores }) => scores.subarray(1)));
}

/** From the cosines of each probe's neighbours, best first. */
export function crowdingOf(scores) {
  const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const cosines = Object.fromEntries([1, 10, 100].map((rank) => [rank, middle(scores.map((list) => list[rank - 1]))]));
  const dimension = middle(
    scores.map((list) => {
      const distances = Array.from(list.subarray(0, 100), (score) => Math.sqrt(Math.max(2 - 2 * score, 1e-9)));
      const last = distances.at(-1);
      const sum = distances.slice(0, -1).reduce((total, distance) => total + Math.log(last / distance), 0);
      return (distances.length - 1) / sum;
    }),
  );
  return { cosines, dimension };
}

export const rowOf = ({ data, dimensions }, row) => data.subarray(row * dimensions, (row + 1) * dimensions);

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
