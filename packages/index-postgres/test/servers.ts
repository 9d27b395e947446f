import { createServer } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

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

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
