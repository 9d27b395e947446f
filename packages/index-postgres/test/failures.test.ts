import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { rowsOf } from '@referent/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toReferentError } from '../src/errors.js';
import { createPostgresIndex, openPostgresIndex } from '../src/index.js';
import { loadPg } from '../src/load-pg.js';
import { isCapable } from '../src/table.js';
import { reasonToSkipNative, startNative, startPglite, type TestServer } from './servers.js';

let server: TestServer;
let bare: TestServer;
beforeAll(async () => {
  [server, bare] = await Promise.all([startPglite(), startPglite({ withVector: false })]);
});
afterAll(() => Promise.all([server?.close(), bare?.close()]));

const failure = { address: 'db.example:5432/kb', timeout: 100 };
const withCode = (code: string, message = 'it did not work') => Object.assign(new Error(message), { code });

describe('a table', () => {
  it('is kept from one index to the next, and refused in another shape', async () => {
    const url = server.url();
    const index = await createPostgresIndex({ url, table: 'kept', dimensions: 2, deferGraph: true });
    await index.add(Uint32Array.of(5, 2 ** 32 - 1), rowsOf([1, 0], [0, 2]));
    await index.buildGraph({ memory: '64MB' });
    await index.buildGraph();
    await expect(index.buildGraph({ memory: 'a lot' })).rejects.toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
    await index.close();

    const opened = await openPostgresIndex({ url, table: 'kept', dimensions: 2 });
    expect(opened.size).toBe(2);
    const [hits] = await opened.search(rowsOf([1, 1]), 2);
    expect([[...hits!.keys], [...hits!.scores]]).toEqual([
      [2 ** 32 - 1, 5],
      [2, 1],
    ]);
    await opened.close();

    const mismatch = { code: 'INDEX_MISMATCH', details: { expected: 3, found: 2 } };
    await expect(openPostgresIndex({ url, table: 'kept', dimensions: 3 })).rejects.toMatchObject(mismatch);
    const exists = createPostgresIndex({ url, table: 'kept', dimensions: 2 });
    await expect(exists).rejects.toMatchObject({ code: 'INDEX_TABLE_EXISTS' });
    const missing = openPostgresIndex({ url, table: 'never_made', dimensions: 2 });
    await expect(missing).rejects.toMatchObject({ code: 'INDEX_TABLE_MISSING' });
    const replaced = await createPostgresIndex({ url, table: 'kept', dimensions: 3, replace: true });
    expect(replaced.size).toBe(0);
    await replaced.drop();
  });

  it('of somebody else is left alone', async () => {
    const client = new pg.Client(server.url());
    await client.connect();
    await client.query('CREATE TABLE theirs (id int)');
    await client.end();
    const opening = openPostgresIndex({ url: server.url(), table: 'theirs', dimensions: 2 });
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details: { setting: 'columns' } });
  });

  it("of another model's vectors is refused by its label", async () => {
    const url = server.url();
    const label = "the model's hash: 0123";
    const index = await createPostgresIndex({ url, table: 'labelled', dimensions: 2, label });
    await index.close();
    const opened = await openPostgresIndex({ url, table: 'labelled', dimensions: 2, label });
    await opened.close();
    const other = openPostgresIndex({ url, table: 'labelled', dimensions: 2, label: 'another' });
    const details = { setting: 'label', expected: 'another', found: label };
    await expect(other).rejects.toMatchObject({ code: 'INDEX_MISMATCH', details });
    const unasked = await openPostgresIndex({ url, table: 'labelled', dimensions: 2 });
    await unasked.drop();
  });

  it('of half precision refuses what it cannot hold', async () => {
    const index = await createPostgresIndex({ url: server.url(), table: 'half', dimensions: 2, quantization: 'f16' });
    const code = 'INDEX_NOT_QUANTIZABLE';
    await expect(index.add(Uint32Array.of(1), rowsOf([1, 7e4]))).rejects.toMatchObject({ code });
    await expect(index.search(rowsOf([7e4, 0]), 1)).rejects.toMatchObject({ code });
    await index.drop();
  });
});

describe('a server', () => {
  it('without pgvector is named as such', async () => {
    const options = { url: bare.url(), table: 'any', dimensions: 2 };
    const incapable = { code: 'INDEX_SERVER_INCAPABLE', fix: expect.stringContaining('pgvector') };
    await expect(createPostgresIndex(options)).rejects.toMatchObject(incapable);
    await expect(openPostgresIndex(options)).rejects.toMatchObject(incapable);
  });

  it('that is not there is named without its password', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((done) => free.close(done));
    const url = `postgres://someone:secret@127.0.0.1:${port}/kb`;
    const error = await createPostgresIndex({ url, table: 'any', dimensions: 2 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INDEX_SERVER_UNREACHABLE', details: { address: `127.0.0.1:${port}/kb` } });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });

  it('that never answers runs into the time limit', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `postgres://someone@127.0.0.1:${port}/kb`;
    const creating = createPostgresIndex({ url, table: 'any', dimensions: 2, connectTimeout: 200 });
    await expect(creating).rejects.toMatchObject({ code: 'INDEX_SERVER_UNREACHABLE' });
    silent.close();
  });
});

describe.skipIf(reasonToSkipNative)('a native server', () => {
  let native: TestServer;
  beforeAll(async () => {
    native = await startNative();
  }, 130_000);
  afterAll(() => native?.close());

  it('refuses a wrong password', async () => {
    const url = new URL(native.url());
    url.username = 'nobody_of_this_name';
    url.password = 'wrong-secret';
    const error = await createPostgresIndex({ url: url.href, table: 'any', dimensions: 2 }).catch((it: unknown) => it);
    expect(error).toMatchObject({ code: 'INDEX_SERVER_DENIED' });
    expect(JSON.stringify(error) + String(error)).not.toContain('wrong-secret');
  });

  it('stops what takes longer than its time limit', async () => {
    const options = { url: native.url(), table: `slow_${process.pid}`, dimensions: 2 };
    const index = await createPostgresIndex({ ...options, timeout: 2000 });
    const client = new pg.Client(native.url());
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${options.table}`);
    await expect(index.search(rowsOf([1, 0]), 1)).rejects.toMatchObject({ code: 'INDEX_TIMEOUT' });
    await client.end();
    expect(await index.search(rowsOf([1, 0]), 1)).toHaveLength(1);
    await index.drop();
  });
});

describe('errors', () => {
  it.each([
    ['28P01', 'INDEX_SERVER_DENIED'],
    ['42501', 'INDEX_SERVER_DENIED'],
    ['3D000', 'INDEX_SERVER_INCAPABLE'],
    ['57014', 'INDEX_TIMEOUT'],
    ['53100', 'INDEX_SERVER_FULL'],
    ['57P01', 'INDEX_CONNECTION_LOST'],
    ['ECONNRESET', 'INDEX_CONNECTION_LOST'],
    ['22P02', 'INDEX_SERVER_FAILED'],
  ])('of state %s become %s', (state, code) => {
    expect(toReferentError(withCode(state), failure)).toMatchObject({ code });
  });

  it('say how to install pg where it is missing', async () => {
    const missing = loadPg(() => Promise.reject(new Error("Cannot find package 'pg'")));
    await expect(missing).rejects.toMatchObject({
      code: 'BACKEND_MISSING',
      fix: expect.stringContaining('npm install'),
    });
  });

  it('know which pgvector is new enough', () => {
    expect(['0.7.4', '0.8.0', '0.10.1', '1.0'].map(isCapable)).toEqual([false, true, true, true]);
  });

  it.each([
    { dimensions: 0 },
    { dimensions: 2001 },
    { table: 'a"; DROP TABLE x' },
    { expansionSearch: 1001 },
    { connectivity: 80, expansionAdd: 100 },
    { quantization: 'i8' as 'f16' },
    { url: 'db.example:hunter2' },
    { label: 'a\nb' },
  ])('name the setting that is wrong: %o', async (wrong) => {
    const creating = createPostgresIndex({ url: server.url(), table: 'any', dimensions: 2, ...wrong });
    const error = await creating.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INDEX_INVALID_OPTIONS' });
    expect(String(error)).not.toContain('hunter2');
  });
});
