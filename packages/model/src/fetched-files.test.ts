import { createHash } from 'node:crypto';
import type { Progress } from '@referent/core';
import { afterEach, expect, it, vi } from 'vitest';
import { createFetchedFiles } from './fetched-files.js';
import { webSha256 } from './files.js';

afterEach(() => vi.unstubAllGlobals());

const files = (respond: (address: string) => Response | Promise<Response>, url = 'https://example.org/model') =>
  createFetchedFiles({ url, fetch: async (address) => respond(String(address)) });
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);

it('reads what lies below the address, with or without a slash at its end', async () => {
  const asked: string[] = [];
  for (const url of ['https://example.org/model', new URL('https://example.org/model/')]) {
    const { read } = createFetchedFiles({
      url,
      fetch: async (address) => {
        asked.push(String(address));
        return new Response(bytes);
      },
    });
    expect(await read('reranker/config.json')).toEqual(bytes);
  }
  expect(new Set(asked)).toEqual(new Set(['https://example.org/model/reranker/config.json']));
});

it('counts the bytes, of a total where that is known', async () => {
  const stepsOf = async (headers: Record<string, string>) => {
    const steps: Progress[] = [];
    await files(() => new Response(bytes, { headers })).read('x.bin', { onProgress: (step) => steps.push(step) });
    return steps.at(-1);
  };
  const done = { step: 'fetch x.bin', done: 1000, unit: 'bytes' };
  expect(await stepsOf({ 'content-length': '1000' })).toEqual({ ...done, total: 1000 });
  expect(await stepsOf({})).toEqual(done);
  expect(await stepsOf({ 'content-length': '7', 'content-encoding': 'gzip' })).toEqual(done);
});

it('takes 404 for no such file, and refuses every other failure by its address', async () => {
  expect(await files(() => new Response(null, { status: 404 })).read('a')).toBeUndefined();
  const code = 'MODEL_NOT_FETCHED';
  const address = 'https://example.org/model/a';
  const broken = files(() => new Response(null, { status: 503, statusText: 'Busy' }));
  await expect(broken.read('a')).rejects.toMatchObject({
    code,
    why: 'The server answered 503 Busy.',
    details: { address },
  });
  const offline = files(() => Promise.reject(new TypeError('fetch failed')));
  await expect(offline.read('a')).rejects.toMatchObject({
    code,
    why: 'fetch failed.',
    what: expect.stringContaining(address),
  });
});

it('stops where it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const never = files(() => Promise.reject(signal.reason));
  await expect(never.read('a', { signal })).rejects.toThrow('enough');
});

it('hashes with Web Crypto, and says where there is none', async () => {
  expect(await webSha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  vi.stubGlobal('crypto', {});
  await expect(webSha256(bytes)).rejects.toMatchObject({ code: 'MODEL_NO_HASH' });
});
