import { access } from 'node:fs/promises';
import type { Connection, Table } from '@lancedb/lancedb';
import {
  assertDistinct,
  assertK,
  assertRows,
  type ChangeOptions,
  createTurns,
  duplicateKeyError,
  type Hits,
  indexClosedError,
  indexFileErrors,
  ReferentError,
  type Rows,
  type VectorIndex,
  type WorkOptions,
} from '@referent/core';
import type { Schema } from 'apache-arrow';
import { labelOf, schemaOf, tableOf } from './arrow-rows.js';
import { storageError, tableExists, tableMissing } from './errors.js';
import { type Lancedb, loadLancedb } from './load-lancedb.js';
import {
  type CreateLancedbIndexOptions,
  indexName,
  type OpenLancedbIndexOptions,
  type Settings,
  settingsOf,
} from './options.js';
import { metricOf, search, squareOf } from './search.js';

/** An index that lives in a folder: what is added is on disk when the call returns. */
export interface LancedbIndex extends VectorIndex {
  update: NonNullable<VectorIndex['update']>;
  remove: NonNullable<VectorIndex['remove']>;
  /**
   * Builds the graph, or takes the vectors into it that were added since. Until then a search compares them one by one,
   * so that it finds them. Does nothing for fewer than `graphFrom` vectors.
   */
  buildGraph(options?: WorkOptions): Promise<void>;
  /** Deletes the table, and closes. */
  drop(): Promise<void>;
}

/**
 * Makes a table in a folder.
 * @throws `INDEX_TABLE_EXISTS`, `INDEX_STORAGE_FAILED`, `BACKEND_MISSING`, `INDEX_INVALID_OPTIONS`
 */
export async function createLancedbIndex(options: CreateLancedbIndexOptions): Promise<LancedbIndex> {
  const settings = settingsOf(options);
  const { folder, table: name, replace } = settings;
  const loaded = loadLancedb();
  try {
    const connection = await loaded.lancedb.connect(folder);
    if ((await connection.tableNames()).includes(name)) {
      if (!replace) throw tableExists(folder, name);
      await connection.dropTable(name);
    }
    const schema = schemaOf(loaded.arrow, settings);
    const table = await connection.createEmptyTable(name, schema);
    return lancedbIndex(loaded, connection, table, schema, settings, { size: 0, hasGraph: false });
  } catch (cause) {
    throw storageError('making a table', folder, cause);
  }
}

/**
 * Opens a table that `createLancedbIndex` made.
 * @throws `INDEX_FILE_MISSING` (no folder), `INDEX_TABLE_MISSING`, `INDEX_MISMATCH`, `INDEX_CORRUPT_FILE`,
 *   `BACKEND_MISSING`, `INDEX_INVALID_OPTIONS`
 */
export async function openLancedbIndex(options: OpenLancedbIndexOptions): Promise<LancedbIndex> {
  const settings = settingsOf(options);
  const { folder, table: name, dimensions } = settings;
  const loaded = loadLancedb();
  if (!folder.includes('://')) {
    await access(folder).catch(() => {
      throw indexFileErrors.missing(folder);
    });
  }
  try {
    const connection = await loaded.lancedb.connect(folder);
    if (!(await connection.tableNames()).includes(name)) throw tableMissing(folder, name);
    const table = await connection.openTable(name);
    const schema = await table.schema();
    const found = dimensionsOf(schema);
    if (found === undefined) throw indexFileErrors.mismatch(folder, 'columns', 'key and vector', 'others');
    if (found !== dimensions) throw indexFileErrors.mismatch(folder, 'dimensions', dimensions, found);
    const label = labelOf(schema) ?? 'none';
    if (settings.label !== undefined && label !== settings.label) {
      throw indexFileErrors.mismatch(folder, 'label', settings.label, label);
    }
    const state = { size: await table.countRows(), hasGraph: await hasGraph(table) };
    return lancedbIndex(loaded, connection, table, schemaOf(loaded.arrow, settings), settings, state);
  } catch (cause) {
    const error = storageError('opening a table', folder, cause);
    throw error.code === 'INDEX_STORAGE_FAILED' ? indexFileErrors.corrupt(folder, error.why ?? '') : error;
  }
}

function lancedbIndex(
  { lancedb, arrow }: Lancedb,
  connection: Connection,
  table: Table,
  schema: Schema,
  settings: Settings,
  state: { size: number; hasGraph: boolean },
): LancedbIndex {
  const { folder, dimensions } = settings;
  let isClosed = false;
  /** Changes run one after another; searches run beside them. */
  const takeTurn = createTurns();

  const assertOpen = () => {
    if (isClosed) throw indexClosedError(index);
  };
  const inTurn = <T>(doing: string, work: () => Promise<T>, { signal }: ChangeOptions = {}): Promise<T> =>
    takeTurn(async () => {
      assertOpen();
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (cause) {
        throw storageError(doing, folder, cause);
      }
    });
  /** A change's own copy, for the caller may write into its arrays; undefined where there is nothing to change. */
  const checkedCopy = (keys: Uint32Array, rows: Rows, { signal }: ChangeOptions) => {
    assertOpen();
    assertRows(index, rows, keys);
    assertDistinct(keys);
    assertUnit(rows, settings);
    signal?.throwIfAborted();
    if (keys.length === 0) return undefined;
    const { data, count } = rows;
    return { keys: keys.slice(), rows: tableOf(arrow, schema, keys.slice(), { data: data.slice(), count }) };
  };

  const index = {
    name: indexName,
    dimensions,
    get size() {
      return state.size;
    },

    async add(keys, rows, options: ChangeOptions = {}) {
      const own = checkedCopy(keys, rows, options);
      if (!own) return;
      await inTurn(
        'an addition',
        async () => {
          const stored = await table.query().where(among(own.keys)).select(['key']).limit(1).toArrow();
          if (stored.numRows > 0) throw duplicateKeyError(Number(stored.getChild('key')!.get(0)));
          await table.add(own.rows);
          state.size += own.keys.length;
        },
        options,
      );
    },

    async update(keys, rows, options: ChangeOptions = {}) {
      const own = checkedCopy(keys, rows, options);
      if (!own) return;
      await inTurn(
        'an update',
        async () => {
          const merge = table.mergeInsert('key').whenMatchedUpdateAll().whenNotMatchedInsertAll();
          const { numInsertedRows } = await merge.execute(own.rows);
          state.size += numInsertedRows;
        },
        options,
      );
    },

    async remove(keys, options: ChangeOptions = {}) {
      assertOpen();
      options.signal?.throwIfAborted();
      if (keys.length === 0) return 0;
      const own = keys.slice();
      return inTurn(
        'a removal',
        async () => {
          const { numDeletedRows } = await table.delete(among(own));
          state.size -= numDeletedRows;
          return numDeletedRows;
        },
        options,
      );
    },

    async search(queries, k, { keys, signal } = {}) {
      assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      if (queries.count === 0) return [];
      const allowed = keys && Uint32Array.from(new Set(keys));
      if (allowed?.length === 0 || state.size === 0) return Array.from({ length: queries.count }, emptyHits);
      return search(table, settings, { queries, k, allowed, size: state.size, hasGraph: state.hasGraph, signal });
    },

    async buildGraph({ signal, onProgress }: WorkOptions = {}) {
      assertOpen();
      signal?.throwIfAborted();
      const done = (steps: number) => onProgress?.({ step: 'build the graph', done: steps, total: 3, unit: 'steps' });
      await inTurn(
        'building the graph',
        async () => {
          if (state.size < settings.graphFrom) return;
          await table.optimize(); // gathers the small pieces that additions leave, and takes them into the graph
          done(1);
          if (state.hasGraph) return done(3);
          await table.createIndex('key', { config: lancedb.Index.btree() });
          done(2);
          signal?.throwIfAborted();
          await table.createIndex('vector', { config: graphOf(lancedb, settings, state.size) });
          state.hasGraph = true;
          done(3);
        },
        { signal },
      );
    },

    async drop() {
      assertOpen();
      await inTurn('deleting the table', () => connection.dropTable(settings.table));
      await index.close();
    },

    async close() {
      isClosed = true;
      table.close();
      connection.close();
    },
  } satisfies LancedbIndex;
  return index;
}

function graphOf(
  { Index }: Lancedb['lancedb'],
  { graph, partSize, connectivity, expansionAdd }: Settings,
  size: number,
) {
  const common = { distanceType: metricOf(graph), numPartitions: Math.max(1, Math.ceil(size / partSize)) } as const;
  if (graph === 'ivf-flat') return Index.ivfFlat(common);
  if (graph === 'ivf-pq') return Index.ivfPq(common);
  return Index.hnswSq({ ...common, m: connectivity, efConstruction: expansionAdd });
}

async function hasGraph(table: Table): Promise<boolean> {
  return (await table.listIndices()).some(({ columns }) => columns.includes('vector'));
}

/** @throws `INDEX_NOT_QUANTIZABLE` */
function assertUnit({ data, count }: Rows, { graph, dimensions }: Settings): void {
  for (let row = 0; graph === 'hnsw-sq' && row < count; row++) {
    const square = squareOf(data, row * dimensions, dimensions);
    if (Math.abs(square - 1) <= 1e-4) continue;
    throw new ReferentError('INDEX_NOT_QUANTIZABLE', {
      what: `${indexName}: vector ${row} has length ${Math.sqrt(square)}; graph hnsw-sq takes vectors of length 1.`,
      fix: 'Use graph ivf-flat, or normalize the vectors.',
    });
  }
}

function dimensionsOf({ fields }: Schema): number | undefined {
  const type = fields.find(({ name }) => name === 'vector')?.type as { listSize?: number } | undefined;
  return fields.some(({ name }) => name === 'key') ? type?.listSize : undefined;
}

function among(keys: Uint32Array): string {
  return `key IN (${keys.join(',')})`;
}

const emptyHits = (): Hits => ({ keys: new Uint32Array(), scores: new Float32Array() });
