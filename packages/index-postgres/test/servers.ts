import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePort } from '../../../tools/free-port.mjs';
import { fetchedFolder } from '../../../tools/postgres/distribution.mjs';
import { startPostgres } from '../../../tools/postgres/server.mjs';

export interface TestServer {
  readonly host: string;
  readonly port: number;
  url(port?: number): string;
  close(): Promise<void>;
}

/** PostgreSQL as WebAssembly, spoken to over its wire protocol like any other server. */
export async function startPglite({ withVector = true } = {}): Promise<TestServer> {
  const [{ PGlite: Database }, { vector }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
  ]);
  const database: PGlite = await Database.create(withVector ? { extensions: { vector } } : {});
  const port = await freePort();
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port, maxConnections: 20 });
  await server.start();
  return {
    host: '127.0.0.1',
    port,
    url: (through = port) => `postgres://postgres:postgres@127.0.0.1:${through}/postgres`,
    async close() {
      await server.stop();
      await database.close();
    },
  };
}

const given = process.env.REFERENT_POSTGRES_URL;

/** Why there is no native server to test with; undefined where there is one. */
export const reasonToSkipNative =
  given || fetchedFolder()
    ? undefined
    : 'no native PostgreSQL: set REFERENT_POSTGRES_URL, or fetch one with `node tools/postgres/start.mjs --fetch` (needs pip)';

/** The server that is named, or one of our own. */
export async function startNative(): Promise<TestServer> {
  const server = given ? { url: given, stop: async () => undefined } : await startPostgres();
  const { hostname, port } = new URL(server.url);
  return {
    host: hostname,
    port: Number(port || 5432),
    url(through) {
      const url = new URL(server.url);
      if (through) [url.hostname, url.port] = ['127.0.0.1', String(through)];
      return url.href;
    },
    close: server.stop,
  };
}
