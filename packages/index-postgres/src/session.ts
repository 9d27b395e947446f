import { indexClosedError, ReferentError } from '@referent/core';
import type { PoolClient, QueryArrayConfig } from 'pg';
import { type Failure, toReferentError } from './errors.js';
import type { Pg } from './load-pg.js';
import { indexName, invalidOptions, type Settings } from './options.js';

export type Row = readonly unknown[];

export interface Statement {
  readonly text: string;
  readonly values?: unknown[];
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Waits, when it is aborted, for what the server made of it: a change is done or undone, never unknown. */
  readonly isChange?: boolean;
  /** Takes as long as it takes. */
  readonly isUnlimited?: boolean;
}

export interface Answer {
  readonly rows: readonly Row[];
  /** Rows that were changed. */
  readonly count: number;
}

/** Connections to one server, opened when they are needed. */
export interface Session {
  /** `host:port/database`, for people. */
  readonly address: string;
  /** One statement, which the server carries out whole or not at all. @throws what `errors.ts` makes of a failure */
  run(statement: Statement, options?: RunOptions): Promise<Answer>;
  close(): Promise<void>;
}

export function createSession({ Client, Pool }: Pg, settings: Settings): Session {
  const { url, connections, connectTimeout, timeout, expansionSearch } = settings;
  const config = {
    ...(url !== undefined && { connectionString: url }),
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
  };
  const { address, pool } = prepare();
  // The server closed an idle connection: the pool opens another one.
  pool.on('error', () => undefined);
  const prepared = new WeakSet<PoolClient>();
  const failure: Failure = { address, timeout };
  let closing: Promise<void> | undefined;

  function prepare() {
    try {
      const { host, port, database } = new Client(config);
      return { address: `${host}:${port}/${database}`, pool: new Pool({ ...config, max: connections }) };
    } catch {
      throw invalidOptions('url is no connection string.', 'It must look like postgres://user@host:5432/database.');
    }
  }

  async function connect(): Promise<PoolClient> {
    if (closing) throw indexClosedError({ name: indexName });
    try {
      const client = await pool.connect();
      if (!prepared.has(client)) {
        client.on('error', () => undefined); // the query that runs is told; nobody else needs to be
        try {
          await client.query(preparation(expansionSearch, timeout));
        } catch (error) {
          client.release(true);
          throw error;
        }
        prepared.add(client);
      }
      return client;
    } catch (cause) {
      throw toReferentError(cause, { ...failure, isConnecting: true });
    }
  }

  /** Asks the server, on a connection of its own, to stop what another connection does. */
  async function cancel(client: PoolClient): Promise<void> {
    const { processID } = client as PoolClient & { readonly processID?: number };
    const other = new Client({ ...config, query_timeout: connectTimeout });
    other.on('error', () => undefined);
    try {
      await other.connect();
      await other.query('SELECT pg_cancel_backend($1)', [processID]);
    } catch {
      // It could not be told: it will be done, or stopped by its time limit.
    } finally {
      await other.end().catch(() => undefined);
    }
  }

  return {
    address,

    async run({ text, values = [] }, { signal, isChange = false, isUnlimited = false } = {}) {
      signal?.throwIfAborted();
      const client = await connect();
      const patience = isUnlimited ? 0 : timeout + clientReserve;
      const query: QueryArrayConfig & { query_timeout: number } = {
        text,
        values,
        rowMode: 'array',
        query_timeout: patience,
      };
      let stopping: Promise<void> | undefined;
      let isBroken = false;
      const stop = () => {
        stopping = cancel(client);
      };
      try {
        signal?.throwIfAborted();
        signal?.addEventListener('abort', stop, { once: true });
        if (isUnlimited) await client.query('SET statement_timeout = 0');
        const asked = client.query(query);
        const { rows, rowCount } = await (isChange || !signal ? asked : unlessAborted(asked, signal));
        if (isUnlimited) await client.query(`SET statement_timeout = ${timeout}`);
        return { rows, count: rowCount ?? 0 };
      } catch (cause) {
        const error = toReferentError(cause, failure);
        const mayBeUndone = error.code === 'INDEX_TIMEOUT' && (cause as { code?: string }).code === '57014';
        if (signal?.aborted && (!isChange || mayBeUndone)) {
          isBroken = !isChange || isUnlimited;
          throw signal.reason;
        }
        isBroken = !(cause as { code?: string }).code || error.code === 'INDEX_CONNECTION_LOST' || isUnlimited;
        throw error;
      } finally {
        signal?.removeEventListener('abort', stop);
        await (isChange ? stopping : undefined); // a late cancellation must not hit the next statement
        client.release(isBroken);
      }
    },

    async close() {
      closing ??= pool.end();
      await closing;
    },
  };
}

/** The server gives up first, and says so; the client only where the server does not answer at all. */
const clientReserve = 5000;

/** HNSW even on small tables; scans that go on until a filter has let enough through (pgvector 0.8). */
function preparation(expansionSearch: number, timeout: number): string {
  return [
    `SET hnsw.ef_search = ${expansionSearch}`,
    'SET hnsw.iterative_scan = relaxed_order',
    'SET enable_seqscan = off',
    'SET jit = off',
    `SET statement_timeout = ${timeout}`,
  ].join('; ');
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new ReferentError('INDEX_ABORTED', { what: 'The search was aborted.' }));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
