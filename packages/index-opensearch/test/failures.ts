import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { gaussianRows, rowsOf } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../tools/free-port.mjs';
import { createOpenSearchIndex, openOpenSearchIndex, rebuildOpenSearchIndex } from '../src/index.js';
import { newName } from './contract.js';

const small = { dimensions: 2, replicas: 0, timeout: 60_000, retries: 2 };

/** What goes wrong, and what a cluster can do beside the contract, on a real server. */
export function testServer(url: () => string): void {
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url()}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json() as Promise<Record<string, unknown>>;
  };

  describe('an index', () => {
    it('is kept from one process to the next, and refused in another shape', async () => {
      const options = { ...small, url: url(), index: newName() };
      const index = await createOpenSearchIndex(options);
      await index.add(Uint32Array.of(5, 2 ** 32 - 1), rowsOf([1, 0], [0, 2]));
      await index.close();

      const opened = await openOpenSearchIndex(options);
      expect(opened.size).toBe(2);
      const [hits] = await opened.search(rowsOf([1, 1]), 2);
      expect([[...hits!.keys], [...hits!.scores]]).toEqual([
        [2 ** 32 - 1, 5],
        [2, 1],
      ]);
      const mismatch = { code: 'INDEX_MISMATCH', details: { setting: 'dimensions', expected: 3, found: 2 } };
      await expect(openOpenSearchIndex({ ...options, dimensions: 3 })).rejects.toMatchObject(mismatch);
      await expect(createOpenSearchIndex(options)).rejects.toMatchObject({ code: 'INDEX_TABLE_EXISTS' });
      const replaced = await createOpenSearchIndex({ ...options, dimensions: 3, replace: true });
      expect(replaced.size).toBe(0);
      await replaced.drop();
      await expect(openOpenSearchIndex(options)).rejects.toMatchObject({ code: 'INDEX_TABLE_MISSING' });
      await opened.close();
    });

    it("refuses another model's vectors by their label, whichever version is in use", async () => {
      const options = { ...small, url: url(), index: newName(), label: 'model a' };
      await (await createOpenSearchIndex(options)).close();
      const details = { setting: 'label', expected: 'model b', found: 'model a' };
      const other = openOpenSearchIndex({ ...options, label: 'model b' });
      await expect(other).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details });
      const next = await rebuildOpenSearchIndex({ ...options, label: 'model b' });
      await next.publish();
      await next.close();
      await (await openOpenSearchIndex({ ...options, label: 'model b' })).close();
      const { label, ...unlabelled } = options;
      const opened = await openOpenSearchIndex(unlabelled);
      await expect(openOpenSearchIndex({ ...unlabelled, label })).rejects.toMatchObject({ code: 'INDEX_MISMATCH' });
      await opened.drop();
    });

    it('has the shards, replicas and graph that were asked for', async () => {
      const index = newName();
      const settings = { shards: 3, replicas: 2, connectivity: 8, expansionAdd: 99, refreshInterval: 7 };
      const made = await createOpenSearchIndex({ ...small, url: url(), index, ...settings });
      const answer = await call('GET', `/${index}-v1`);
      expect(answer).toMatchObject({
        [`${index}-v1`]: {
          aliases: { [index]: {} },
          settings: { index: { number_of_shards: '3', number_of_replicas: '2', refresh_interval: '7s' } },
          mappings: { properties: { embedding: { method: { parameters: { m: 8, ef_construction: 99 } } } } },
        },
      });
      await made.drop();
    });

    it('keeps how vectors are compared, and is opened as nothing else', async () => {
      const options = { ...small, url: url(), index: newName(), quantization: 'i8' as const };
      const made = await createOpenSearchIndex(options);
      const opened = await openOpenSearchIndex(options);
      const { quantization, ...others } = options;
      const details = { setting: 'quantization', expected: 'f32', found: quantization };
      await expect(openOpenSearchIndex(others)).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details });
      await opened.close();
      await made.drop();
    });

    it('of somebody else is left alone', async () => {
      const options = { ...small, url: url(), index: newName() };
      await call('PUT', `/${options.index}`, { mappings: { properties: { embedding: { type: 'keyword' } } } });
      const mismatch = { code: 'INDEX_MISMATCH', details: { expected: 'knn_vector', found: 'keyword' } };
      await expect(openOpenSearchIndex(options)).rejects.toMatchObject(mismatch);
      await expect(createOpenSearchIndex(options)).rejects.toMatchObject({ code: 'INDEX_TABLE_EXISTS' });
      await call('DELETE', `/${options.index}`);
    });

    it('is built again while it is in use, and switched in one step', async () => {
      const options = { ...small, url: url(), index: newName() };
      const first = await createOpenSearchIndex(options);
      await first.add(Uint32Array.of(1), rowsOf([1, 0]));
      const reader = await openOpenSearchIndex(options);
      const found = async () => [...(await reader.search(rowsOf([1, 0]), 1))[0]!.keys];

      const givenUp = await rebuildOpenSearchIndex(options);
      await givenUp.drop();
      const second = await rebuildOpenSearchIndex(options);
      await second.add(Uint32Array.of(2), rowsOf([2, 0]));
      expect((await second.search(rowsOf([1, 0]), 1))[0]!.keys).toEqual(Uint32Array.of(2));
      expect(await found()).toEqual([1]);
      await second.publish();
      expect(await found()).toEqual([2]);
      expect(Object.keys(await call('GET', `/${options.index}*`))).toEqual([`${options.index}-v2`]);
      await second.add(Uint32Array.of(3), rowsOf([3, 0]));
      await second.search(rowsOf([1, 0]), 1);
      expect(await found()).toEqual([3]);
      await Promise.all([first.close(), reader.close()]);
      await second.drop();
    });

    it('that is gone, or holds other vectors now, is named as such', async () => {
      const options = { ...small, url: url(), index: newName() };
      const index = await createOpenSearchIndex(options);
      const other = await createOpenSearchIndex({ ...options, dimensions: 3, replace: true });
      await other.add(Uint32Array.of(1), rowsOf([1, 0, 0]));
      await other.search(rowsOf([1, 0, 0]), 1);
      await expect(index.add(Uint32Array.of(2), rowsOf([1, 0]))).rejects.toMatchObject({ code: 'INDEX_MISMATCH' });
      expect(index.size).toBe(0);
      await other.drop();
      await expect(index.search(rowsOf([1, 0]), 1)).rejects.toMatchObject({ code: 'INDEX_TABLE_MISSING' });
      await index.close();
    });

    it('gives more hits than one answer holds, and takes more allowed keys than one filter', async () => {
      const index = await createOpenSearchIndex({ ...small, url: url(), index: newName() });
      const keys = Uint32Array.from({ length: 10_500 }, (_, row) => row);
      await index.add(keys, gaussianRows({ count: 10_500, dimensions: 2, seed: 71 }));
      const [all] = await index.search(rowsOf([1, 0]), 20_000);
      expect(all!.keys.length).toBe(10_500);
      expect(new Set(all!.keys).size).toBe(10_500);
      expect(all!.scores.every((score, rank) => rank === 0 || score <= all!.scores[rank - 1]!)).toBe(true);
      const allowed = Uint32Array.from({ length: 70_000 }, (_, at) => at * 2);
      const [even] = await index.search(rowsOf([1, 0]), 50, { keys: allowed });
      expect(even!.keys.length).toBe(50);
      expect(even!.keys.every((key) => key % 2 === 0)).toBe(true);
      await index.drop();
    });
  });

  it('does what the README says', async () => {
    const options = { url: `${url()},${url()}`, index: newName(), dimensions: 2, shards: 2, replace: true };
    const index = await createOpenSearchIndex(options);
    await index.add(Uint32Array.of(7, 8, 9), { data: Float32Array.of(1, 0, 0, 2, -1, -3), count: 3 });
    const [hits] = await index.search({ data: Float32Array.of(1, 1), count: 1 }, 2);
    expect(hits).toEqual({ keys: Uint32Array.of(8, 7), scores: Float32Array.of(2, 1) });
    await index.close();
    await (await openOpenSearchIndex(options)).drop();
  });

  describe('a node', () => {
    it('that is not there is named without its password', async () => {
      const options = { ...small, url: `http://someone:secret@127.0.0.1:${await freePort()}`, index: 'any' };
      const error = await createOpenSearchIndex(options).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'INDEX_SERVER_UNREACHABLE' });
      expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    });

    it('that is not there is passed over where others answer', async () => {
      const nodes = [`http://127.0.0.1:${await freePort()}`, url()];
      const index = await createOpenSearchIndex({ ...small, url: nodes, index: newName() });
      await index.add(Uint32Array.of(1), rowsOf([1, 0]));
      expect((await index.search(rowsOf([1, 0]), 1))[0]!.keys).toEqual(Uint32Array.of(1));
      expect(index.address).toBe(nodes.map((node) => new URL(node).host).join(','));
      await index.drop();
    });

    it('that never answers runs into the time limit, also in the middle of a change', async () => {
      const silent = createSocketServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const options = { ...small, timeout: 200, url: `http://127.0.0.1:${port}`, index: 'any' };
      await expect(createOpenSearchIndex(options)).rejects.toMatchObject({ code: 'INDEX_TIMEOUT' });
      silent.close();
    });

    it('refuses a wrong password, and the message does not say it', async () => {
      const guard = await inFront(url(), ({ headers }) =>
        headers.authorization === `Basic ${btoa('someone:pass:word')}`
          ? undefined
          : { status: 401, text: 'Unauthorized' },
      );
      const options = { ...small, index: newName() };
      const wrong = createOpenSearchIndex({ ...options, url: guard.url('someone:wrong-secret@') });
      const error = await wrong.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'INDEX_SERVER_DENIED' });
      expect(JSON.stringify(error) + String(error)).not.toContain('wrong-secret');
      const right = await createOpenSearchIndex({ ...options, url: guard.url('someone:pass%3Aword@') });
      expect(right.address).not.toContain('someone');
      await right.drop();
      guard.close();
    });

    it('without the k-NN plugin is named as such', async () => {
      const bare = await inFront(url(), ({ method }) =>
        method === 'PUT' ? { status: 400, text: JSON.stringify(withoutPlugin) } : undefined,
      );
      const creating = createOpenSearchIndex({ ...small, url: bare.url(), index: newName() });
      const incapable = { code: 'INDEX_SERVER_INCAPABLE', fix: expect.stringContaining('opensearch-knn') };
      await expect(creating).rejects.toMatchObject(incapable);
      bare.close();
    });

    it('that is busy is asked again, for a while', async () => {
      let refusals = 2;
      const busy = await inFront(url(), ({ url: path }) =>
        path?.includes('_bulk') && refusals-- > 0 ? { status: 429, text: '{}' } : undefined,
      );
      const index = await createOpenSearchIndex({ ...small, url: busy.url(), index: newName() });
      await index.add(Uint32Array.of(1, 2), rowsOf([1, 0], [2, 0]));
      expect(index.size).toBe(2);
      refusals = 100;
      const adding = index.add(Uint32Array.of(3), rowsOf([3, 0]));
      await expect(adding).rejects.toMatchObject({ code: 'INDEX_SERVER_BUSY' });
      refusals = 0;
      await index.add(Uint32Array.of(3), rowsOf([3, 0]));
      expect(index.size).toBe(3);
      await index.drop();
      busy.close();
    });
  });
}

/** The answer of a server of this version that has no such plugin to the request that creates an index. */
const withoutPlugin = {
  error: {
    type: 'illegal_argument_exception',
    reason:
      'unknown setting [index.knn] please check that any required plugins are installed, or check the breaking changes documentation for removed settings',
  },
  status: 400,
};

/** A gateway as clusters have them in front: passes everything on but what `refusal` refuses. */
async function inFront(
  target: string,
  refusal: (asked: IncomingMessage) => { status: number; text: string } | undefined,
): Promise<{ url(credentials?: string): string; close(): void }> {
  const { hostname, port } = new URL(target);
  const server: Server = createServer((asked, answer) => {
    const refused = refusal(asked);
    if (refused) {
      asked.resume().on('end', () => answer.writeHead(refused.status).end(refused.text));
      return;
    }
    const { method, url, headers } = asked;
    const passed = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    // An idle connection that the server had given up: the client asks again.
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    url: (credentials = '') => `http://${credentials}127.0.0.1:${own}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
