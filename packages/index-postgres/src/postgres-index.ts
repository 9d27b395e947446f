import {
  assertDistinct,
  assertK,
  assertRows,
  type ChangeOptions,
  createTurns,
  duplicateKeyError,
  type Hits,
  indexClosedError,
  isReferentError,
  ReferentError,
  type Rows,
  type VectorIndex,
  type WorkOptions,
} from '@referent/core';
import { loadPg } from './load-pg.js';
import {
  type CreatePostgresIndexOptions,
  indexName,
  invalidOptions,
  type OpenPostgresIndexOptions,
  type Settings,
  settingsOf,
} from './options.js';
import { createSearch } from './search.js';
import { createSession, type RunOptions, type Session, type Statement } from './session.js';
import { buildGraph, createTable, openTable, type Table } from './table.js';
import { keysParameter, vectorsParameter } from './wire.js';

export interface BuildGraphOptions extends WorkOptions {
  /**
   * Memory that the server may use, as it spells it: '2GB'. A graph that fits in is built many times faster.
   * @default the server's maintenance_work_mem
   */
  readonly memory?: string | undefined;
}

/** An index that lives in a table of a database, for as many processes as like. */
export interface PostgresIndex extends VectorIndex {
  update: NonNullable<VectorIndex['update']>;
  remove: NonNullable<VectorIndex['remove']>;
  /** `host:port/database`, without user and password. */
  readonly address: string;
  /** Makes the graph of a table that was created with `deferGraph`; does nothing where there is one. */
  buildGraph(options?: BuildGraphOptions): Promise<void>;
  /** Deletes the table, and closes. */
  drop(): Promise<void>;
}

/**
 * Makes a table with an HNSW graph over inner products (pgvector), and the extension where it is missing.
 * @throws `INDEX_TABLE_EXISTS`, `INDEX_SERVER_UNREACHABLE`, `INDEX_SERVER_DENIED`, `INDEX_SERVER_INCAPABLE` (pgvector
 *   0.8 is missing, or the database), `BACKEND_MISSING`, `INDEX_INVALID_OPTIONS`
 */
export async function createPostgresIndex(options: CreatePostgresIndexOptions): Promise<PostgresIndex> {
  const settings = settingsOf(options);
  return withSession(settings, async (session) =>
    postgresIndex(session, settings, await createTable(session, settings)),
  );
}

/**
 * Opens a table that `createPostgresIndex` made; it says itself whether it holds `f32` or `f16`.
 * @throws `INDEX_TABLE_MISSING`, `INDEX_MISMATCH` (other dimensions or columns), and as `createPostgresIndex`
 */
export async function openPostgresIndex(options: OpenPostgresIndexOptions): Promise<PostgresIndex> {
  const settings = settingsOf({ ...options, quantization: 'f16' }); // the wider limit: the table decides
  return withSession(settings, async (session) => {
    const index = postgresIndex(session, settings, await openTable(session, settings));
    await index.recount();
    return index;
  });
}

async function withSession<T>(settings: Settings, open: (session: Session) => Promise<T>): Promise<T> {
  const session = createSession(await loadPg(), settings);
  try {
    return await open(session);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function postgresIndex(
  session: Session,
  settings: Settings,
  table: Table,
): PostgresIndex & { recount(): Promise<void> } {
  const { dimensions } = settings;
  const search = createSearch(session, table, dimensions, settings.connections);
  let isClosed = false;
  let size = 0;
  /** Keys of an addition whose connection was lost: stored or not, they may come again. */
  let uncertain: Set<number> | undefined;
  let isSizeKnown = true;
  /** Changes run one after another; searches run beside them. */
  const takeTurn = createTurns();

  const assertOpen = () => {
    if (isClosed) throw indexClosedError(index);
  };
  const inTurn = <T>(work: () => Promise<T>) =>
    takeTurn(() => {
      assertOpen();
      return work();
    });
  const change = async (statement: Statement, { signal }: RunOptions, keys?: Uint32Array) => {
    try {
      return await session.run(statement, { signal, isChange: true });
    } catch (error) {
      if (isReferentError(error, 'INDEX_CONNECTION_LOST') || isReferentError(error, 'INDEX_TIMEOUT')) {
        isSizeKnown = false;
        if (keys) uncertain = new Set([...(uncertain ?? []), ...keys]);
      }
      throw error;
    }
  };
  const recount = async () => {
    const { rows } = await session.run({ text: `SELECT count(*) FROM ${table.name}` });
    size = Number(rows[0]![0]);
    isSizeKnown = true;
  };
  const knowSize = async () => {
    if (!isSizeKnown) await recount();
  };
  const parametersOf = (keys: Uint32Array, rows: Rows) => {
    assertRepresentable(rows, table, dimensions);
    return [keysParameter(keys), vectorsParameter(rows, dimensions, table.vectorOid)];
  };
  const rowsGiven = `SELECT key, ${table.cast('v')} FROM unnest($1::bigint[], $2::${table.vectorType}[]) AS given(key, v)`;
  const insert = `INSERT INTO ${table.name} (key, embedding) ${rowsGiven}`;
  const upsert = `WITH changed AS (
      ${insert} ON CONFLICT (key) DO UPDATE SET embedding = excluded.embedding RETURNING (xmax = 0) AS is_new
    ) SELECT count(*) FILTER (WHERE is_new) FROM changed`;

  /** Keys that an addition, whose end is not known, may have stored are stored again; others are refused. */
  async function addAgain(values: unknown[], keys: Uint32Array, lost: Set<number>, options: RunOptions): Promise<void> {
    const text = `SELECT key::text FROM ${table.name} WHERE key = ANY($1::bigint[])`;
    const { rows } = await session.run({ text, values: [values[0]] }, options);
    const stored = rows.map(([key]) => Number(key)).find((key) => !lost.has(key));
    if (stored !== undefined) throw duplicateKeyError(stored);
    await change({ text: upsert, values }, options, keys);
    await recount();
    for (const key of keys) lost.delete(key);
    if (lost.size === 0) uncertain = undefined;
  }

  const close = async () => {
    isClosed = true;
    await session.close();
  };

  const index = {
    name: indexName,
    dimensions,
    address: session.address,
    get size() {
      return size;
    },
    recount,

    async add(keys, rows, { signal }: ChangeOptions = {}) {
      assertOpen();
      assertRows(index, rows, keys);
      assertDistinct(keys);
      signal?.throwIfAborted();
      if (keys.length === 0) return;
      const [own, values] = [keys.slice(), parametersOf(keys, rows)];
      await inTurn(async () => {
        await knowSize();
        const lost = uncertain;
        if (lost && own.some((key) => lost.has(key))) return addAgain(values, own, lost, { signal });
        await change({ text: insert, values }, { signal }, own);
        size += own.length;
      });
    },

    async update(keys, rows, { signal }: ChangeOptions = {}) {
      assertOpen();
      assertRows(index, rows, keys);
      assertDistinct(keys);
      signal?.throwIfAborted();
      if (keys.length === 0) return;
      const values = parametersOf(keys, rows);
      await inTurn(async () => {
        await knowSize();
        const { rows: added } = await change({ text: upsert, values }, { signal });
        size += Number(added[0]![0]);
      });
    },

    async remove(keys, { signal }: ChangeOptions = {}) {
      assertOpen();
      signal?.throwIfAborted();
      if (keys.length === 0) return 0;
      const values = [keysParameter(keys)];
      return inTurn(async () => {
        await knowSize();
        const text = `DELETE FROM ${table.name} WHERE key = ANY($1::bigint[])`;
        const { count } = await change({ text, values }, { signal });
        size -= count;
        return count;
      });
    },

    async search(queries, k, { keys, signal } = {}) {
      assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      assertRepresentable(queries, table, dimensions);
      signal?.throwIfAborted();
      if (queries.count === 0) return [];
      const allowed = keys && Uint32Array.from(new Set(keys));
      if (allowed?.length === 0) return Array.from({ length: queries.count }, emptyHits);
      await knowSize();
      return search({ queries, k, allowed, size, signal });
    },

    async buildGraph({ signal, onProgress, memory }: BuildGraphOptions = {}) {
      assertOpen();
      signal?.throwIfAborted();
      if (memory !== undefined && !/^\d+ ?(kB|MB|GB|TB)$/.test(memory)) {
        throw invalidOptions(`memory must look like 512MB or 2GB, got ${JSON.stringify(memory)}.`);
      }
      await inTurn(() => buildGraph(session, settings, table, { signal, onProgress, memory }));
    },

    async drop() {
      assertOpen();
      await inTurn(() => change({ text: `DROP TABLE IF EXISTS ${table.name}` }, {}));
      await close();
    },

    close,
  } satisfies PostgresIndex & { recount(): Promise<void> };
  return index;
}

/** Half precision ends at 65504. @throws `INDEX_NOT_QUANTIZABLE` */
function assertRepresentable({ data }: Rows, { quantization }: Table, dimensions: number): void {
  if (quantization !== 'f16') return;
  const at = data.findIndex((value) => Math.abs(value) > 65504);
  if (at < 0) return;
  throw new ReferentError('INDEX_NOT_QUANTIZABLE', {
    what: `${indexName}: vector ${Math.floor(at / dimensions)} has ${data[at]} at position ${at % dimensions}.`,
    why: 'Half precision (f16) holds numbers up to 65504.',
    fix: 'Use quantization f32, or shorter vectors.',
  });
}

const emptyHits = (): Hits => ({ keys: new Uint32Array(), scores: new Float32Array() });
