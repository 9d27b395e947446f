import { testVectorIndex } from '@referent/testing';
import { createCuttableProxy } from '@referent/testing/node';
import { createOpenSearchIndex, type OpenSearchIndex, type OpenSearchQuantization } from '../src/index.js';

let made = 0;
export const newName = () => `test-${process.pid}-${made++}`;

/** The contract of all indexes, on a real server. */
export function testContract(url: () => string): void {
  const create = async (dimensions: number, through: string, quantization: OpenSearchQuantization) =>
    dropping(
      await createOpenSearchIndex({
        url: through,
        dimensions,
        quantization,
        index: newName(),
        replicas: 0,
        timeout: 30_000,
        retries: 3,
      }),
    );
  const suite = (quantization: OpenSearchQuantization) =>
    testVectorIndex(`opensearch ${quantization}`, {
      create: (dimensions) => create(dimensions, url(), quantization),
      optional: ['remove', 'update'],
      minimumRecall: 0.95,
      connection: {
        async create(dimensions) {
          const server = new URL(url());
          const proxy = await createCuttableProxy({ host: server.hostname, port: Number(server.port) });
          server.host = `127.0.0.1:${proxy.port}`;
          const index = await create(dimensions, server.href, quantization);
          const { close } = index;
          index.close = async () => {
            await close();
            await proxy.close();
          };
          return { ...proxy, index };
        },
      },
    });
  suite('f32');
  suite('i8');
}

/** Leaves nothing behind. */
function dropping(index: OpenSearchIndex): OpenSearchIndex {
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
