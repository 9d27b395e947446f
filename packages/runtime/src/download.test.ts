import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '@referent/core';
import { describe, expect, it } from 'vitest';
import { type FileServerOptions, serveFile } from '../test/file-server.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { downloadFile } from './download.js';

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');

async function prepare(server: Partial<FileServerOptions> = {}) {
  const { url, ranges } = await serveFile({ content, ...server });
  const file = join(temporaryFolder(), 'file.whl');
  return { ranges, file, part: `${file}.part`, options: { url, file, sha256, step: 'download', pause: 1 } };
}

describe('downloadFile', () => {
  it('fetches a file and says how far it is', async () => {
    const { file, part, options } = await prepare();
    const seen: Progress[] = [];
    await downloadFile({ ...options, onProgress: (progress) => seen.push(progress) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(existsSync(part)).toBe(false);
    expect(seen.at(-1)).toEqual({ step: 'download', done: content.length, total: content.length, unit: 'bytes' });
  });

  it('goes on where a cut connection stopped', async () => {
    const { file, ranges, options } = await prepare({
      cutAfter: (request) => (request < 2 ? 100_000 : undefined),
    });
    await downloadFile(options);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  });

  it('goes on where an earlier process stopped', async () => {
    const { file, part, ranges, options } = await prepare();
    writeFileSync(part, content.subarray(0, 250_000));
    await downloadFile({ ...options, bytes: content.length });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(ranges).toEqual(['bytes=250000-']);
  });

  it.each([true, false])('needs no request for a part that is whole, if the length is known (%s)', async (known) => {
    const { file, part, ranges, options } = await prepare();
    writeFileSync(part, content);
    await downloadFile({ ...options, ...(known && { bytes: content.length }) });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(ranges).toHaveLength(known ? 0 : 1);
  });

  it('starts over where the server knows no ranges', async () => {
    const { file, part, options } = await prepare({ supportsRange: false });
    writeFileSync(part, content.subarray(0, 250_000));
    await downloadFile(options);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('starts over once when what an earlier process left is damaged', async () => {
    const { file, part, ranges, options } = await prepare();
    writeFileSync(part, Buffer.alloc(1000));
    await downloadFile(options);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(ranges).toEqual(['bytes=1000-', undefined]);
  });

  it('refuses another file than the expected one, and keeps nothing of it', async () => {
    const { file, part, options } = await prepare({ content: Buffer.from('something else') });
    await expect(downloadFile(options)).rejects.toMatchObject({ code: 'DOWNLOAD_CHECKSUM' });
    expect(existsSync(file) || existsSync(part)).toBe(false);
  });

  it('tries again after answers that may be better the next time', async () => {
    const { file, options } = await prepare({
      misbehave: (request, response) => {
        if (request < 2) response.writeHead(503).end();
        return request < 2;
      },
    });
    await downloadFile(options);
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('gives up at once when the file is not there', async () => {
    const { ranges, options } = await prepare({
      misbehave: (_, response) => {
        response.writeHead(404).end();
        return true;
      },
    });
    await expect(downloadFile(options)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      details: { received: false },
    });
    expect(ranges).toHaveLength(1);
  });

  it('gives up after some attempts that bring nothing', async () => {
    const { options } = await prepare();
    const url = 'http://127.0.0.1:9/file.whl';
    await expect(downloadFile({ ...options, url, attempts: 2 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      details: { received: false },
    });
  });

  it('leaves a connection on which nothing arrives', async () => {
    const { file, options } = await prepare({ misbehave: (request) => request === 0 });
    await downloadFile({ ...options, stallTimeout: 100 });
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('stops when it is told to, and keeps what it has', async () => {
    const { part, options } = await prepare({ cutAfter: () => 100_000 });
    const stop = new AbortController();
    const download = downloadFile({
      ...options,
      signal: stop.signal,
      onProgress: ({ done }) => done >= 100_000 && stop.abort(new Error('enough')),
    });
    await expect(download).rejects.toThrow('enough');
    expect(statSync(part).size).toBe(100_000);
  });
});
