import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReferentError, type Logger, ReferentError, silentLogger, type WorkOptions } from '@referent/core';
import { isMissingFile } from './file-errors.js';
import { hashFile } from './hash.js';

export interface DownloadOptions extends WorkOptions {
  /** Without a user name or password in it: it is shown in errors. */
  readonly url: string;
  /** Where the finished file appears; until then it grows beside it, as `<file>.part`. */
  readonly file: string;
  readonly sha256: string;
  /** Length of the file, where it is known beforehand. */
  readonly bytes?: number | undefined;
  /** The step's name in the progress. */
  readonly step: string;
  readonly logger?: Logger | undefined;
  /** Attempts in a row that bring nothing. @default 4 */
  readonly attempts?: number;
  /** First pause between attempts, in milliseconds; it doubles each time. @default 500 */
  readonly pause?: number;
  /** A connection that sends nothing for so many milliseconds is given up. @default 30000 */
  readonly stallTimeout?: number;
}

/**
 * Fetches a file over HTTP. What has arrived is kept: after a cut connection or a killed process it goes on there.
 * @throws `DOWNLOAD_CHECKSUM` the server's file is another one; `DOWNLOAD_FAILED` with `details.received`
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { file, sha256, signal } = options;
  const part = `${file}.part`;
  const leftover = await fileSize(part);
  await receive(options, part);
  if ((await hashFile(part, signal)) !== sha256) {
    await rm(part, { force: true });
    // What an earlier run left may be the culprit: once more from the start before the server is blamed.
    if (leftover > 0) return downloadFile(options);
    throw checksumError(options.url, sha256);
  }
  await rename(part, file);
}

async function receive(options: DownloadOptions, part: string): Promise<void> {
  const { url, signal, logger = silentLogger, attempts = 4, pause = 500 } = options;
  let failures = 0;
  let receivedAny = false;
  for (;;) {
    signal?.throwIfAborted();
    const before = await fileSize(part);
    try {
      if (await receiveOnce(options, part, before)) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (isReferentError(error)) throw error;
      const progressed = (await fileSize(part)) > before;
      receivedAny ||= progressed;
      failures = progressed ? 1 : failures + 1;
      if (failures >= attempts) throw downloadFailed(url, receivedAny, error);
      logger.debug(`Download of ${url} was interrupted (${reasonOf(error)}); trying again.`);
    }
    await sleep(Math.min(pause * 2 ** Math.max(0, failures - 1), 15_000), undefined, signal ? { signal } : {});
  }
}

/** Returns whether the file is whole. Throws where the connection was cut or refused. */
async function receiveOnce(options: DownloadOptions, part: string, offset: number): Promise<boolean> {
  const { url, bytes, step, signal, onProgress, stallTimeout = 30_000 } = options;
  if (bytes !== undefined && offset >= bytes) return true;
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error('nothing arrived for too long')), stallTimeout);
  try {
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...(offset > 0 && { range: `bytes=${offset}-` }) },
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    if (response.status === 416) {
      await response.body?.cancel();
      return true; // nothing after the offset: whole, or wrong, which the checksum will tell
    }
    if (!response.ok || !response.body) throw await refusal(url, response);
    const start = resumesAt(response, offset) ? offset : 0;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const total = bytes ?? (Number.isNaN(length) ? undefined : start + length);
    const handle = await open(part, start > 0 ? 'r+' : 'w');
    let done = start;
    try {
      for await (const chunk of response.body) {
        timer.refresh();
        await handle.write(chunk, 0, chunk.byteLength, done);
        done += chunk.byteLength;
        onProgress?.({ step, done, ...(total !== undefined && { total }), unit: 'bytes' });
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (total !== undefined && done < total) throw new Error(`the connection ended at ${done} of ${total} bytes`);
    return true;
  } finally {
    clearTimeout(timer);
  }
}

function resumesAt(response: Response, offset: number): boolean {
  return response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${offset}-`) === true;
}

/** Statuses that another attempt may cure are plain errors, so that they are tried again. */
async function refusal(url: string, response: Response): Promise<Error> {
  await response.body?.cancel();
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) return new Error(`the server answered ${status}`);
  return downloadFailed(url, false, new Error(`the server answered ${status}`));
}

function downloadFailed(url: string, received: boolean, cause: unknown): ReferentError {
  return new ReferentError('DOWNLOAD_FAILED', {
    what: `The download of ${url} failed.`,
    why: `The last attempt ended with: ${reasonOf(cause)}.`,
    fix: 'Check the network, then run it again: it goes on where it stopped. Behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1 (Node 22.21, 24 and later).',
    details: { url, received },
    cause,
  });
}

export function checksumError(source: string, sha256: string): ReferentError {
  return new ReferentError('DOWNLOAD_CHECKSUM', {
    what: `What came from ${source} is not the expected file, and was deleted.`,
    why: 'Its SHA-256 differs from the one written in this version of Referent.',
    fix: 'Run it again. If it repeats, the package index in use serves a changed file: check the index that pip is configured with.',
    details: { source, sha256 },
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause ? `${error.message} (${cause})` : error.message;
}

export async function fileSize(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissingFile(error)) return 0;
    throw error;
  }
}
