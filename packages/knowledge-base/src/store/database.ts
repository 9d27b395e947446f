import type Libsql from 'libsql';
import { loadLibsql } from './load-libsql.js';

export type SqlValue = string | number | bigint | Uint8Array | null;

/** The little of SQLite that the store needs, over libsql's synchronous API. Rows are arrays, in column order. */
export interface Database {
  exec(sql: string): void;
  /** Statements are prepared once per text. */
  run(sql: string, ...values: SqlValue[]): void;
  get<Row extends readonly unknown[]>(sql: string, ...values: SqlValue[]): Row | undefined;
  all<Row extends readonly unknown[]>(sql: string, ...values: SqlValue[]): Row[];
  /** All of it or nothing. Inside a group, a part of it that fails alone. */
  transaction<T>(work: () => T): T;
  /** Starts a group: transactions that reach the disk together, with `commitGroup`. */
  beginGroup(): void;
  /** Does nothing where no group is open: SQLite gives one up by itself when the disk is full. */
  commitGroup(): void;
  close(): void;
}

export interface OpenDatabaseOptions {
  /** Refuses to write. A journal that a killed writer left is still rolled back. @default false */
  readonly readOnly?: boolean;
  /** How long to wait for another process's transaction, in milliseconds. @default 5000 */
  readonly patience?: number;
  /** Page cache, in MiB. @default 16 */
  readonly cacheMegabytes?: number;
}

/**
 * @throws `BACKEND_MISSING` libsql is not installed
 *
 * A rollback journal, not a write-ahead log: bulk loading is as fast (docs/decisions/0002), and what is committed is in
 * one plain file that can be copied, and read from a read-only disk.
 */
export function openDatabase(
  path: string,
  { readOnly = false, patience = 5000, cacheMegabytes = 16 }: OpenDatabaseOptions = {},
): Database {
  const native = new (loadLibsql())(path, { timeout: patience });
  const statements = new Map<string, Libsql.Statement<[SqlValue[]]>>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = native.prepare<[SqlValue[]]>(sql);
      if (statement.reader) statement.raw(true);
      statements.set(sql, statement);
    }
    return statement;
  };
  let isOpen = true;

  const database: Database = {
    exec: (sql) => void native.exec(sql),
    // Values go in as one list: libsql takes a lone object, a blob too, for named parameters.
    run: (sql, ...values) => void prepare(sql).run(values),
    get: <Row extends readonly unknown[]>(sql: string, ...values: SqlValue[]) =>
      prepare(sql).get(values) as Row | undefined,
    all: <Row extends readonly unknown[]>(sql: string, ...values: SqlValue[]) => prepare(sql).all(values) as Row[],
    transaction(work) {
      const isPart = native.inTransaction;
      native.exec(isPart ? 'SAVEPOINT part' : 'BEGIN IMMEDIATE');
      try {
        const result = work();
        native.exec(isPart ? 'RELEASE part' : 'COMMIT');
        return result;
      } catch (error) {
        // SQLite may have rolled back already, on a full disk for one: the first error is the one that tells.
        if (native.inTransaction) native.exec(isPart ? 'ROLLBACK TO part; RELEASE part' : 'ROLLBACK');
        throw error;
      }
    },
    beginGroup: () => void native.exec('BEGIN IMMEDIATE'),
    commitGroup() {
      if (native.inTransaction) native.exec('COMMIT');
    },
    close() {
      // libsql really closes when the last statement has been collected: nothing may depend on the moment.
      if (isOpen) native.close();
      isOpen = false;
      statements.clear();
    },
  };

  try {
    // libsql keeps temporary tables in memory unless told otherwise: sorting millions of names must not.
    native.exec(`PRAGMA temp_store = FILE; PRAGMA cache_size = ${-1024 * cacheMegabytes};`);
    if (readOnly) native.exec('PRAGMA query_only = ON');
    else native.exec('PRAGMA synchronous = FULL');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
