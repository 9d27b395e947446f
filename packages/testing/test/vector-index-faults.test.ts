import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import {
  type ChangeOptions,
  type Hits,
  indexClosedError,
  indexFileErrors,
  type Rows,
  type VectorIndex,
} from '@referent/core';
import { describe, expect, it } from 'vitest';
import { brokenPromises } from '../src/contract.js';
import { createReferenceIndex } from '../src/index.js';
import { temporaryFiles } from '../src/node.js';
import { type VectorIndexContract, vectorIndexPromises } from '../src/vector-index/contract.js';

type Fault = (right: VectorIndex) => Partial<VectorIndex>;
type Search = VectorIndex['search'];

const mapHits = (right: VectorIndex, change: (hits: Hits, query: number) => Hits) => ({
  search: (async (...wanted) => (await right.search(...wanted)).map(change)) satisfies Search,
});
const rounded = ({ data, count }: Rows): Rows => ({ data: data.map((value) => Math.round(value * 2) / 2), count });
const withoutBad = ({ data, count }: Rows): Rows => ({
  data: data.map((value) => (Number.isFinite(value) ? value : 0)),
  count,
});

/** What is wrong -> the change that makes it wrong, and a promise that must notice. */
const faults: Record<string, [fault: Fault, noticedBy: string]> = {
  'distances instead of inner products': [
    (right) => mapHits(right, ({ keys, scores }) => ({ keys, scores: scores.map((score) => 1 - score) })),
    'scores by inner product',
  ],
  'worst first': [
    (right) => mapHits(right, ({ keys, scores }) => ({ keys: keys.toReversed(), scores: scores.toReversed() })),
    'scores by inner product',
  ],
  'cosine instead of inner product': [
    (right) => ({
      add: (keys, rows) => {
        const dimensions = right.dimensions;
        const data = rows.data.map((value, i) => {
          const from = i - (i % dimensions);
          return value / (Math.hypot(...rows.data.subarray(from, from + dimensions)) || 1);
        });
        return right.add(keys, { ...rows, data });
      },
    }),
    'ranks by inner product and not by angle',
  ],
  'padding up to k with key 0': [
    (right) => ({
      search: async (queries, k, options) =>
        (await right.search(queries, k, options)).map(({ keys, scores }) => {
          if (queries.count === 1 || keys.length === 0) return { keys, scores };
          const padded = { keys: new Uint32Array(Math.min(k, 2000)), scores: new Float32Array(Math.min(k, 2000)) };
          padded.keys.set(keys);
          padded.scores.fill(Number.NaN).set(scores);
          return padded;
        }),
    }),
    'gives exactly min(k, size) hits',
  ],
  'one hit too few': [
    (right) => ({
      search: async (queries, k, options) =>
        (await right.search(queries, k, options)).map(({ keys, scores }) =>
          k > 60 ? { keys: keys.slice(0, -1), scores: scores.slice(0, -1) } : { keys, scores },
        ),
    }),
    'for every k of a larger index',
  ],
  'memory for k hits whatever the size': [
    (right) => ({
      search: async (queries, k, options) => {
        if (k > 1e6) throw new RangeError('Invalid typed array length');
        return right.search(queries, k, options);
      },
    }),
    'gives exactly min(k, size) hits',
  ],
  'k rounded': [
    (right) => ({ search: (queries, k, options) => right.search(queries, Math.max(1, Math.floor(k) || 1), options) }),
    'refuses a k that is not a positive integer',
  ],
  'bad values taken as zero': [
    (right) => ({ add: (keys, rows) => right.add(keys, withoutBad(rows)) }),
    'refuses a whole batch if one vector is bad',
  ],
  'bad queries taken as zero': [
    (right) => ({ search: (queries, k, options) => right.search(withoutBad(queries), k, options) }),
    'queries that are not finite',
  ],
  'the good part of a bad batch kept': [
    (right) => ({
      add: async (keys, rows) => {
        for (let row = 0; row < rows.count; row++) {
          const { dimensions } = right;
          const data = rows.data.slice(row * dimensions, (row + 1) * dimensions);
          await right.add(keys.slice(row, row + 1), { data, count: 1 });
        }
      },
    }),
    'stays as it was',
  ],
  'lengths guessed instead of checked': [
    (right) => ({
      add: (keys, { data }) => {
        const count = Math.floor(data.length / right.dimensions);
        return right.add(keys.slice(0, count), { data: data.slice(0, count * right.dimensions), count });
      },
    }),
    'refuses vectors of the wrong length',
  ],
  'a stored key overwritten': [
    (right) => ({
      add: async (keys, rows) => {
        if (new Set(keys).size === keys.length && right.size < 50) await right.remove!(keys);
        await right.add(keys, rows);
      },
    }),
    'refuses a key that it has',
  ],
  'a key twice in a batch taken once': [
    (right) => ({
      add: async (keys, rows) => {
        const unique = [...keys.keys()].filter((row) => keys.indexOf(keys[row]!) === row);
        if (rows.data.length !== keys.length * right.dimensions) return right.add(keys, rows);
        const data = unique.flatMap((row) => [
          ...rows.data.subarray(row * right.dimensions, (row + 1) * right.dimensions),
        ]);
        return right.add(
          Uint32Array.from(unique, (row) => keys[row]!),
          { data: Float32Array.from(data), count: unique.length },
        );
      },
    }),
    'occurs twice in one batch',
  ],
  'keys of 31 bits': [
    (right) => mapHits(right, ({ keys, scores }) => ({ keys: keys.map((key) => key & 0x7fffffff), scores })),
    'keeps keys from 0 to 2^32 - 1',
  ],
  'the queries of a batch mixed up': [
    (right) => ({
      search: async (...wanted) => {
        const found = await right.search(...wanted);
        return found.length > 2 ? found.toReversed() : found;
      },
    }),
    'answers one query and many alike',
  ],
  'only the first query answered': [
    (right) => ({ search: async (...wanted) => (await right.search(...wanted)).slice(0, 1) }),
    'for one query and for many',
  ],
  'an error for an empty index': [
    (right) => ({
      search: async (...wanted) => {
        if (right.size === 0) throw new Error('empty');
        return right.search(...wanted);
      },
    }),
    'answers an empty index',
  ],
  'the filter forgotten': [
    (right) => ({ search: (queries, k, options) => right.search(queries, k, { signal: options?.signal }) }),
    'finds only allowed keys',
  ],
  'an empty filter taken as none': [
    (right) => ({
      search: (queries, k, { keys, signal } = {}) =>
        right.search(queries, k, { signal, keys: keys?.length ? keys : undefined }),
    }),
    'finds nothing where no key is allowed',
  ],
  'the filter applied to the top k only': [
    (right) => ({
      search: async (queries, k, { keys, signal } = {}) =>
        (await right.search(queries, keys ? k * 4 : k, { signal })).map((hits) => {
          const kept = [...hits.keys.keys()].filter((at) => !keys || keys.includes(hits.keys[at]!)).slice(0, k);
          return {
            keys: Uint32Array.from(kept, (at) => hits.keys[at]!),
            scores: Float32Array.from(kept, (at) => hits.scores[at]!),
          };
        }),
    }),
    '1 % of the keys are allowed',
  ],
  'an error for unknown keys in the filter': [
    (right) => ({
      search: async (queries, k, options) => {
        if (options?.keys?.includes(404)) throw new Error('unknown key');
        return right.search(queries, k, options);
      },
    }),
    'ignores allowed keys that are not stored',
  ],
  'a signal ignored': [
    (right) => ({ search: (queries, k, options) => right.search(queries, k, { keys: options?.keys }) }),
    'throws the reason of a signal',
  ],
  'low precision': [
    (right) => ({ add: (keys, rows) => right.add(keys, rows.count > 100 ? rounded(rows) : rows) }),
    'finds enough of the true top 10 among gaussian vectors',
  ],
  'zero vectors left out': [
    (right) => ({
      search: async (...wanted) =>
        (await right.search(...wanted)).map(({ keys, scores }) => ({
          keys: keys.filter((_, at) => scores[at] !== 0),
          scores: scores.filter((score) => score !== 0),
        })),
    }),
    'takes zero vectors',
  ],
  'answers shared between calls': [
    (right) => {
      let last: Hits[] = [];
      return {
        search: async (...wanted) => {
          const found = await right.search(...wanted);
          if (wanted[1] !== 2 || right.size !== 2 || last.length === 0) last = found;
          return last;
        },
      };
    },
    'hands out answers that the caller may change',
  ],
  'removal that only hides from the size': [
    (right) => {
      let hidden = 0;
      return {
        get size() {
          return right.size - hidden;
        },
        remove: async (keys: Uint32Array) => {
          hidden += new Set(keys).size;
          return new Set(keys).size;
        },
      };
    },
    'never returns a removed key',
  ],
  'removal that counts unknown keys': [
    (right) => ({
      remove: async (keys) => {
        await right.remove!(keys);
        return keys.length;
      },
    }),
    'counts what it removed',
  ],
  'a removed key barred for ever': [
    (right) => {
      const gone = new Set<number>();
      return {
        add: async (keys, rows) => {
          for (const key of keys) if (gone.has(key)) throw new Error('tombstone');
          await right.add(keys, rows);
        },
        remove: async (keys) => {
          for (const key of keys) gone.add(key);
          return right.remove!(keys);
        },
      };
    },
    'takes a removed key again',
  ],
  'an error when closed twice': [
    (right) => {
      let closed = false;
      return {
        close: async () => {
          if (closed) throw new Error('closed already');
          closed = true;
          await right.close();
        },
      };
    },
    'closes twice',
  ],
  'an update that only adds': [
    (right) => ({ update: (keys, rows, options) => right.add(keys, rows, options) }),
    'replaces the vectors of stored keys',
  ],
  'an update that keeps the old vector too': [
    (right) => {
      let extra = 0;
      return {
        get size() {
          return right.size + extra;
        },
        update: async (keys: Uint32Array, rows: Rows) => {
          const before = right.size;
          await right.update!(keys, rows);
          extra += keys.length - (right.size - before);
        },
      };
    },
    'replaces the vectors of stored keys',
  ],
  'an update that skips new keys': [
    (right) => ({
      update: async (keys, rows) => {
        if (right.size > 0) await right.update!(keys, rows);
      },
    }),
    'updates an empty index',
  ],
  'an update that removes first and checks afterwards': [
    (right) => ({
      update: async (keys, rows, options) => {
        await right.remove!(keys);
        await right.add(keys, rows, options);
      },
    }),
    'refuses a bad update whole',
  ],
  'an update that leaves the old vectors': [
    (right) => ({
      update: async (keys, rows) => {
        if (rows.count < 100) await right.update!(keys, rows);
      },
    }),
    'when half is updated',
  ],
  'a signal of a change ignored': [
    (right) => ({ add: (keys, rows) => right.add(keys, rows), remove: (keys) => right.remove!(keys) }),
    'aborted before an addition',
  ],
  'half of an aborted addition kept': [
    (right) => ({
      add: async (keys, rows, { signal } = {}) => {
        const half = keys.length >> 1;
        const part = (from: number, to: number) => ({
          data: rows.data.slice(from * right.dimensions, to * right.dimensions),
          count: to - from,
        });
        if (half === 0 || !signal) return right.add(keys, rows);
        const rest = part(half, keys.length);
        await right.add(keys.slice(0, half), part(0, half));
        await new Promise((resolve) => setTimeout(resolve, 20));
        signal.throwIfAborted();
        await right.add(keys.slice(half), rest);
      },
    }),
    'aborted on its way whole or not at all',
  ],
  'two additions mixed up': [
    (right) => ({
      add: async (keys, rows) => {
        for (let row = 0; row < keys.length; row++) {
          const data = rows.data.slice(row * right.dimensions, (row + 1) * right.dimensions);
          await right.add(keys.slice(row, row + 1), { data, count: 1 });
        }
      },
    }),
    'lets one of two additions',
  ],
  'arrays read after a while': [
    (right) => ({
      add: async (keys, rows) => {
        await Promise.resolve();
        await right.add(keys, rows);
      },
    }),
    'reads the arrays of an addition',
  ],
  'work after the end': [(right) => ({ close: async () => void right.size }), 'refuses work afterwards'],
};

const withFault = (right: VectorIndex, fault: Fault): VectorIndex =>
  Object.create(right, Object.getOwnPropertyDescriptors(fault(right))) as VectorIndex;

const contractOf = (fault: Fault): VectorIndexContract => ({
  create: async (dimensions) => withFault(createReferenceIndex({ dimensions }), fault),
  optional: ['remove', 'update'],
  connection: 'none',
  minimumRecall: 0.99,
});

describe('the VectorIndex contract', () => {
  it('is kept by an index without a fault', async () => {
    expect(await brokenPromises(vectorIndexPromises(contractOf(() => ({}))))).toEqual([]);
  });

  it.each(Object.entries(faults))('notices %s', async (_, [fault, noticedBy]) => {
    const watching = vectorIndexPromises(contractOf(fault)).filter(({ title }) => title.includes(noticedBy));
    expect(await brokenPromises(watching)).not.toEqual([]);
  });

  it('notices a wrong declaration of the optional methods', async () => {
    const contract = contractOf(() => ({}));
    const title = 'has exactly the optional methods it declares';
    expect(await brokenPromises(vectorIndexPromises({ ...contract, optional: [] }))).toEqual([title]);
    const both = vectorIndexPromises({ ...contract, optional: ['remove', 'update', 'save'] });
    expect(await brokenPromises(both)).toContain(title);
  });
});

describe('the VectorIndex contract on saving', () => {
  const files = temporaryFiles();
  interface Saved {
    dimensions: number;
    keys: number[];
    data: number[];
  }
  interface Habits {
    /** Beside what a careful index does. */
    checksum?: boolean;
    dimensions?: boolean;
    temporary?: boolean;
    atomic?: boolean;
    tombstones?: boolean;
    codes?: boolean;
  }

  /** A savable index over JSON, careful but for its habits. */
  async function savable(dimensions: number, careless: Habits, start?: Saved): Promise<VectorIndex> {
    const right = createReferenceIndex({ dimensions });
    const rows = new Map<number, number[]>();
    let closed = false;
    const keep = (keys: Uint32Array, { data }: Rows) => {
      keys.forEach((key, row) => {
        rows.set(key, [...data.subarray(row * dimensions, (row + 1) * dimensions)]);
      });
    };
    const index = Object.assign(Object.create(right, {}) as VectorIndex, {
      async add(keys: Uint32Array, added: Rows, options?: ChangeOptions) {
        await right.add(keys, added, options);
        keep(keys, added);
      },
      async update(keys: Uint32Array, added: Rows, options?: ChangeOptions) {
        await right.update!(keys, added, options);
        keep(keys, added);
      },
      async remove(keys: Uint32Array, options?: ChangeOptions) {
        options?.signal?.throwIfAborted();
        if (!careless.tombstones) for (const key of keys) rows.delete(key);
        return right.remove!(keys);
      },
      async save(path: string, options?: ChangeOptions) {
        if (closed) throw indexClosedError(index);
        options?.signal?.throwIfAborted();
        const body = JSON.stringify({ dimensions, keys: [...rows.keys()], data: [...rows.values()].flat() });
        try {
          const target = careless.atomic ? path : `${path}.tmp`;
          await writeFile(target, `${checksumOf(body)}\n${body}`);
          if (!careless.atomic) await rename(target, path);
          if (careless.temporary) await writeFile(`${path}.tmp`, body);
        } catch (cause) {
          if (!careless.temporary) await rm(`${path}.tmp`, { force: true });
          throw careless.codes ? cause : indexFileErrors.saveFailed(path, cause);
        }
      },
      async close() {
        closed = true;
        await right.close();
      },
    });
    Object.defineProperty(index, 'size', { get: () => right.size });
    if (start) {
      const data = Float32Array.from(start.data);
      await index.add(Uint32Array.from(start.keys), { data, count: start.keys.length });
    }
    return index;
  }

  async function reopen(path: string, dimensions: number, careless: Habits): Promise<VectorIndex> {
    const bytes = await readFile(path, 'utf8').catch(() => {
      throw indexFileErrors.missing(path);
    });
    const [checksum, body = ''] = [bytes.slice(0, bytes.indexOf('\n')), bytes.slice(bytes.indexOf('\n') + 1)];
    if (careless.checksum) {
      const numbers = body.match(/[-\d.e]+/g)?.map(Number) ?? [];
      return savable(dimensions, careless, { dimensions, keys: [numbers[1] ?? 0], data: Array(dimensions).fill(1) });
    }
    if (checksum !== checksumOf(body)) throw indexFileErrors.corrupt(path, 'Its checksum is wrong.');
    const saved = JSON.parse(body) as Saved;
    if (!careless.dimensions && saved.dimensions !== dimensions) {
      throw indexFileErrors.mismatch(path, 'dimensions', dimensions, saved.dimensions);
    }
    return savable(dimensions, careless, saved);
  }

  const brokenBy = (careless: Habits, noticedBy = '') =>
    brokenPromises(
      vectorIndexPromises({
        create: (dimensions) => savable(dimensions, careless),
        optional: ['remove', 'update', 'save'],
        connection: 'none',
        minimumRecall: 1,
        saved: { files, reopen: (path, dimensions) => reopen(path, dimensions, careless) },
      }).filter(({ title }) => title.includes(noticedBy)),
    );

  it('is kept by a careful index', async () => {
    expect(await brokenBy({})).toEqual([]);
  });

  it.each([
    ['checksum', 'refuses a truncated file'],
    ['checksum', 'in which a byte was changed'],
    ['dimensions', 'refuses a file of other dimensions'],
    ['temporary', 'leaves no other file behind'],
    ...(files.withLimit ? ([['atomic', 'when the disk is full']] as const) : []),
    ['tombstones', 'does not bring removed keys back'],
    ['codes', 'says so when it cannot save'],
  ] as const)('notices carelessness about %s', async (habit, noticedBy) => {
    expect(await brokenBy({ [habit]: true }, noticedBy)).not.toEqual([]);
  });
});

function checksumOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return String(hash >>> 0);
}
