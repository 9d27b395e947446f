/**
 * Random numbers that are a function of labels: of the seed, the step, the batch. Nothing has to be remembered to go on
 * where a run stopped, and the same dropout can be drawn again for the same chunk.
 */
export interface Random {
  /** 32 random bits. */
  bits(): number;
  /** In [0, 1). */
  next(): number;
  /** In 0 .. limit - 1. */
  integer(limit: number): number;
  /** Another stream: a function of this one's labels and these. */
  fork(...labels: readonly Label[]): Random;
}

export type Label = string | number;

export function createRandom(...labels: readonly Label[]): Random {
  const next = sfc32(...hashLabels(labels));
  return {
    bits: next,
    next: () => next() / 2 ** 32,
    integer: (limit) => Math.floor((next() / 2 ** 32) * limit),
    fork: (...more) => createRandom(...labels, ...more),
  };
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** `count` of the items, in random order; all of them where there are fewer. */
export function sampled<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const pool = [...items];
  const chosen = Math.min(count, pool.length);
  for (let i = 0; i < chosen; i++) {
    const j = i + random.integer(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, chosen);
}

/** Numbers from the normal distribution around 0 (Box and Muller). */
export function normals(count: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    return deviation * radius * Math.cos(2 * Math.PI * random.next());
  });
}

/**
 * Numbers that are 0 with probability `rate`, else 1 / (1 - rate). Sixteen random bits each: the rate is met to 1 in
 * 65,536.
 */
export function dropoutMask(count: number, rate: number, random: Random): Float32Array {
  const mask = new Float32Array(count);
  const scale = 1 / (1 - rate);
  const threshold = Math.round(rate * 0x10000);
  for (let i = 0; i < count; i += 2) {
    const bits = random.bits();
    mask[i] = bits >>> 16 < threshold ? 0 : scale;
    if (i + 1 < count) mask[i + 1] = (bits & 0xffff) < threshold ? 0 : scale;
  }
  return mask;
}

/** Small fast counting generator, 32 bits (Doty-Humphrey, PractRand). */
function sfc32(first: number, second: number, third: number): () => number {
  let a = first | 0;
  let b = second | 0;
  let c = third | 0;
  let counter = 1;
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Three words from the labels (murmur's mixing steps; the labels' kinds and borders count). */
function hashLabels(labels: readonly Label[]): [number, number, number] {
  const text = JSON.stringify(labels);
  return [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((start) => {
    let hash = start;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }) as [number, number, number];
}
