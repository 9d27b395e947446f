import { assertKnownOptions, isReferentError, ReferentError } from '@referent/core';
import type { ModelFiles, ReadModelFileOptions } from './files.js';

export interface FetchedFilesOptions {
  /** Of the folder that holds the files, absolute. */
  readonly url: string | URL;
  /** For headers, a cache or a test. @default the platform's own */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * The files of a model behind an address: what a browser opens. Progress counts the bytes of each file.
 * `read` throws `MODEL_NOT_FETCHED` where the server cannot be reached or answers with an error other than 404.
 */
export function createFetchedFiles({
  url,
  fetch = globalThis.fetch.bind(globalThis),
  ...unknown
}: FetchedFilesOptions): ModelFiles {
  assertKnownOptions('createFetchedFiles', unknown, ['url', 'fetch']);
  const location = String(url);
  const base = location.endsWith('/') ? location : `${location}/`;
  return {
    location,
    async read(name, options = {}) {
      const address = new URL(name, base).href;
      try {
        const response = await fetch(address, { ...(options.signal && { signal: options.signal }) });
        if (response.status === 404) return undefined;
        if (response.ok) return await readBody(response, name, options);
        throw notFetched(address, `The server answered ${response.status} ${response.statusText}`.trim());
      } catch (cause) {
        options.signal?.throwIfAborted();
        if (isReferentError(cause)) throw cause;
        throw notFetched(address, cause instanceof Error ? cause.message : String(cause), cause);
      }
    },
  };
}

async function readBody(response: Response, name: string, { onProgress }: ReadModelFileOptions): Promise<Uint8Array> {
  // Compressed on the way, the length is that of other bytes than those that are counted here.
  const length = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length'));
  const told = (done: number) =>
    onProgress?.({ step: `fetch ${name}`, done, ...(length > 0 && { total: length }), unit: 'bytes' });
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) break;
    parts.push(value);
    done += value.length;
    told(done);
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function notFetched(address: string, why: string, cause?: unknown): ReferentError {
  return new ReferentError('MODEL_NOT_FETCHED', {
    what: `${address} could not be fetched.`,
    why: why.endsWith('.') ? why : `${why}.`,
    fix: 'Check the address and the connection, and try again.',
    details: { address },
    cause,
  });
}
