import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { duplicateKeyError, type Hits, indexServerErrors, type VectorIndex } from '@referent/core';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenPromises } from '../src/contract.js';
import { createReferenceIndex } from '../src/index.js';
import { createCuttableProxy } from '../src/node.js';
import { type VectorIndexContract, vectorIndexPromises } from '../src/vector-index/contract.js';

type Request = { put: [key: number, vector: number[]][] } | { search: number[]; k: number } | { has: number[] };

/** A server of one index per port, that stores row after row, as a database without transactions does. */
async function serve(servers: Server[]): Promise<number> {
  let stored: VectorIndex | undefined;
  const answer = async (request: Request): Promise<unknown> => {
    if ('put' in request) {
      stored ??= createReferenceIndex({ dimensions: request.put[0]![1].length });
      for (const [key, vector] of request.put) {
        await stored.update!(Uint32Array.of(key), { data: Float32Array.from(vector), count: 1 });
      }
      return stored.size;
    }
    if ('has' in request) {
      const keys = Uint32Array.from(request.has);
      if (!stored || request.has.length === 0) return [];
      const [hits] = await stored.search(zero(stored.dimensions), keys.length, { keys });
      return [...hits!.keys];
    }
    const [hits] = await stored!.search({ data: Float32Array.from(request.search), count: 1 }, request.k);
    return { keys: [...hits!.keys], scores: [...hits!.scores] };
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let queue = Promise.resolve();
    createInterface({ input: socket }).on('line', (line) => {
      queue = queue.then(async () => {
        if (line.endsWith('}')) socket.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`);
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const zero = (dimensions: number) => ({ data: new Float32Array(dimensions), count: 1 });

/** A client of it: sends ten rows at a time, so that a cut leaves some of them stored. */
function createClient(port: number, dimensions: number, isCareless: boolean): VectorIndex {
  let socket: Socket | undefined;
  let size = 0;
  const inDoubt = new Set<number>();
  const ask = async <T>(request: Request): Promise<T> => {
    if (!socket || socket.destroyed) {
      socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect').catch((cause) => {
        throw indexServerErrors.unreachable('client', String(port), cause);
      });
    }
    const current = socket;
    current.write(`${JSON.stringify(request)}\n`);
    return new Promise<T>((resolve, reject) => {
      let text = '';
      const lost = () => reject(indexServerErrors.connectionLost('client', String(port), undefined));
      const read = (bytes: Buffer) => {
        text += bytes;
        if (!text.endsWith('\n')) return;
        current.off('data', read).off('close', lost);
        resolve(JSON.parse(text) as T);
      };
      current.on('data', read).once('close', lost);
    });
  };
  return {
    name: 'client',
    dimensions,
    get size() {
      return size;
    },
    async add(keys, { data }) {
      const [stored] = await ask<number[]>({ has: [...keys].filter((key) => isCareless || !inDoubt.has(key)) });
      if (stored !== undefined) throw duplicateKeyError(stored);
      for (const key of keys) inDoubt.add(key);
      for (let from = 0; from < keys.length; from += 10) {
        const put = [...keys.subarray(from, from + 10)].map((key, row): [number, number[]] => [
          key,
          [...data.subarray((from + row) * dimensions, (from + row + 1) * dimensions)],
        ]);
        size = await ask<number>({ put });
      }
      inDoubt.clear();
    },
    async search(queries, k) {
      const found: Hits[] = [];
      for (let query = 0; query < queries.count; query++) {
        const search = [...queries.data.subarray(query * dimensions, (query + 1) * dimensions)];
        const { keys, scores } = await ask<{ keys: number[]; scores: number[] }>({ search, k });
        found.push({ keys: Uint32Array.from(keys), scores: Float32Array.from(scores) });
      }
      return found;
    },
    async close() {
      socket?.destroy();
    },
  };
}

describe('the VectorIndex contract over a connection', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  const brokenBy = (isCareless: boolean) => {
    const contract: VectorIndexContract = {
      create: async () => {
        throw new Error('only the promises about the connection are tried here');
      },
      optional: [],
      minimumRecall: 1,
      connection: {
        async create(dimensions) {
          const { close, ...proxy } = await createCuttableProxy({ port: await serve(servers) });
          const client = createClient(proxy.port, dimensions, isCareless);
          const index = Object.create(client, {
            close: { value: () => client.close().then(close) },
          }) as VectorIndex;
          return { ...proxy, index };
        },
      },
    };
    return brokenPromises(vectorIndexPromises(contract).filter(({ title }) => /connection (is|was) lost/.test(title)));
  };

  it('is kept by a client that remembers what is in doubt', async () => {
    expect(await brokenBy(false)).toEqual([]);
  });

  it('notices a client that takes its own half batch for duplicates', async () => {
    const broken = await brokenBy(true);
    expect(broken).toHaveLength(2);
    expect(broken[0]).toContain('in the middle of it');
    expect(broken[1]).toContain('all but the answer');
  });
});
