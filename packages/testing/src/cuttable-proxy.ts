import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { CuttableIndex } from './vector-index/contract.js';

export interface CuttableProxyOptions {
  /** Of the server that is really meant. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
}

/** The faults of `CuttableIndex`, on the way to a real server. */
export interface CuttableProxy extends Omit<CuttableIndex, 'index'> {
  /** Where the client must connect to, on 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** Stands between a client and a server, passes everything on, and breaks the connection where it is told to. */
export async function createCuttableProxy({ port, host = '127.0.0.1' }: CuttableProxyOptions): Promise<CuttableProxy> {
  const clients = new Set<Socket>();
  let sent = 0;
  let sendUntil = Number.POSITIVE_INFINITY;
  let answerUntil = Number.POSITIVE_INFINITY;
  let isCut = false;

  /** The client is cut off at once; the server still gets what was let through. */
  const cut = () => {
    isCut = true;
    for (const client of clients) client.resetAndDestroy();
  };

  const server = createServer((client) => {
    if (isCut) return client.resetAndDestroy();
    const upstream = connect(port, host);
    clients.add(client);
    client
      .on('error', () => undefined)
      .on('close', () => {
        clients.delete(client);
        upstream.end();
      });
    upstream.on('error', () => undefined).on('close', () => client.destroy());
    client.on('data', (bytes) => {
      const part = bytes.subarray(0, Math.max(0, sendUntil - sent));
      sent += part.length;
      upstream.write(part);
      if (sent >= sendUntil) cut();
    });
    upstream.on('data', (bytes) => {
      if (sent >= answerUntil) cut();
      else client.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    sentBytes: () => sent,
    cutAfterSending(bytes) {
      sendUntil = sent + bytes;
      if (bytes === 0) cut();
    },
    cutBeforeAnswer(bytes) {
      answerUntil = sent + bytes;
    },
    restore() {
      sendUntil = Number.POSITIVE_INFINITY;
      answerUntil = Number.POSITIVE_INFINITY;
      isCut = false;
    },
    async close() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
