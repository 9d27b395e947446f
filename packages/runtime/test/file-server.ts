import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

export interface FileServer {
  readonly url: string;
  /** The Range header of each request, in order; undefined where there was none. */
  readonly ranges: (string | undefined)[];
}

export interface FileServerOptions {
  readonly content: Buffer;
  /** @default true */
  readonly supportsRange?: boolean;
  /** Answers the n-th request (from 0) in its own way; returns false to leave it to the server. */
  readonly misbehave?: (request: number, response: ServerResponse) => boolean;
  /** Cuts the connection of the n-th request after so many bytes. */
  readonly cutAfter?: (request: number) => number | undefined;
}

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves one file on a local port until the end of the test. */
export async function serveFile(options: FileServerOptions): Promise<FileServer> {
  const { content, supportsRange = true, misbehave, cutAfter } = options;
  const ranges: (string | undefined)[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const number = ranges.push(request.headers.range) - 1;
    if (misbehave?.(number, response)) return;
    const start = supportsRange ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (start >= content.length) {
      response.writeHead(416).end();
      return;
    }
    const body = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    const cut = cutAfter?.(number);
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.whl`, ranges };
}
