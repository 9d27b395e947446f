import { testVectorIndex } from '@referent/testing';
import { createCuttableProxy } from '@referent/testing/node';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createPostgresIndex, type PostgresIndex, type PostgresQuantization } from '../src/index.js';
import { reasonToSkipNative, startNative, startPglite, type TestServer } from './servers.js';

describe('pglite', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server?.close());
  suites('pglite', () => server);
});

if (reasonToSkipNative) {
  it.skip(reasonToSkipNative, () => undefined);
} else {
  describe('native server', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startNative();
    }, 130_000);
    afterAll(() => server?.close());
    suites('native server', () => server);
  });
}

function suites(name: string, server: () => TestServer): void {
  let made = 0;
  const create = async (dimensions: number, quantization: PostgresQuantization, port?: number) => {
    const table = `contract_${process.pid}_${made++}`;
    const index = await createPostgresIndex({
      url: server().url(port),
      dimensions,
      table,
      quantization,
      connectTimeout: 5000,
    });
    return dropping(index);
  };
  const suite = (quantization: PostgresQuantization, scoreTolerance: number) =>
    testVectorIndex(`${name} ${quantization}`, {
      create: (dimensions) => create(dimensions, quantization),
      optional: ['remove', 'update'],
      minimumRecall: 0.95,
      scoreTolerance,
      connection: {
        async create(dimensions) {
          const proxy = await createCuttableProxy({ host: server().host, port: server().port });
          const index = await create(dimensions, quantization, proxy.port);
          const { close } = index;
          index.close = async () => {
            await close();
            await proxy.close();
          };
          return { ...proxy, index };
        },
      },
    });
  suite('f32', 1e-5);
  suite('f16', 1e-3);
}

/** Leaves no table behind. */
function dropping(index: PostgresIndex): PostgresIndex {
  const { close } = index;
  let isClosed = false;
  index.close = async () => {
    if (isClosed) return;
    isClosed = true;
    await index.drop().catch(() => undefined);
    await close();
  };
  return index;
}
