import { indexFileErrors, indexServerErrors, isReferentError, ReferentError, type WorkOptions } from '@referent/core';
import { lacksVector, vectorExtensionFix } from './errors.js';
import { indexName, type PostgresQuantization, type Settings } from './options.js';
import type { Session } from './session.js';

/** How things are called in SQL, quoted, and in which schema pgvector lives. */
export interface Table {
  readonly name: string;
  /** Of a column: `vector(384)`. */
  readonly columnType: string;
  /** Turns a parameter into what the column is compared with. */
  readonly cast: (expression: string) => string;
  /** Negative inner product of two expressions. */
  readonly distance: (a: string, b: string) => string;
  readonly vectorType: string;
  /** pg_type.oid of `vector`. */
  readonly vectorOid: number;
  readonly operatorClass: string;
  readonly graph: string;
  readonly quantization: PostgresQuantization;
}

const types: Readonly<Record<PostgresQuantization, string>> = { f32: 'vector', f16: 'halfvec' };

interface Extension {
  readonly oid: number;
  readonly schema: string;
}

/** @throws `INDEX_TABLE_EXISTS`, `INDEX_SERVER_INCAPABLE`, `INDEX_SERVER_DENIED` */
export async function createTable(session: Session, settings: Settings): Promise<Table> {
  const extension = (await findExtension(session)) ?? (await createExtension(session));
  const table = describe(settings, settings.quantization, extension);
  const statements = [
    `CREATE SCHEMA IF NOT EXISTS ${quoted(settings.schema)}`,
    ...(settings.replace ? [`DROP TABLE IF EXISTS ${table.name}`] : []),
    `CREATE TABLE ${table.name} (key bigint PRIMARY KEY, embedding ${table.columnType} NOT NULL)`,
    ...(settings.label === undefined
      ? []
      : [`COMMENT ON TABLE ${table.name} IS '${settings.label.replaceAll("'", "''")}'`]),
    ...(settings.deferGraph ? [] : [graphStatement(table, settings)]),
  ];
  try {
    await session.run({ text: statements.join('; ') }, { isChange: true }); // one transaction
  } catch (cause) {
    if (!isReferentError(cause) || cause.details.sqlState !== '42P07') throw cause;
    throw new ReferentError('INDEX_TABLE_EXISTS', {
      what: `${indexName}: ${session.address} has a table ${settings.schema}.${settings.table} already.`,
      fix: 'Open it, choose another name, or create the index with `replace`.',
      details: { table: settings.table, schema: settings.schema },
      cause,
    });
  }
  return table;
}

/** @throws `INDEX_TABLE_MISSING`, `INDEX_MISMATCH`, `INDEX_SERVER_INCAPABLE` */
export async function openTable(session: Session, settings: Settings): Promise<Table> {
  const { schema, table, dimensions, label } = settings;
  const extension = await findExtension(session);
  if (!extension) throw lacksVector(session.address);
  const { rows } = await session.run({
    text: `SELECT a.attname, t.typname, a.atttypmod, obj_description(c.oid, 'pg_class') FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_type t ON t.oid = a.atttypid
      WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    values: [schema, table],
  });
  if (rows.length === 0) {
    throw new ReferentError('INDEX_TABLE_MISSING', {
      what: `${indexName}: ${session.address} has no table ${schema}.${table}.`,
      fix: 'Check server, database, schema and table, or build the index again.',
      details: { table, schema },
    });
  }
  const place = `The table ${schema}.${table} at ${session.address}`;
  const columns = new Map(rows.map(([name, type, modifier]) => [name, { type, modifier }]));
  const { type, modifier } = columns.get('embedding') ?? {};
  const quantization = type === types.f32 ? 'f32' : type === types.f16 ? 'f16' : undefined;
  if (!quantization || columns.get('key')?.type !== 'int8') {
    const found = [...columns].map(([name, column]) => `${name} ${column.type}`).join(', ');
    throw indexFileErrors.mismatch(place, 'columns', 'key int8, embedding vector or halfvec', found);
  }
  if (modifier !== dimensions) throw indexFileErrors.mismatch(place, 'dimensions', dimensions, modifier);
  const comment = rows[0]?.[3] ?? 'none';
  if (label !== undefined && comment !== label) throw indexFileErrors.mismatch(place, 'label', label, comment);
  return describe(settings, quantization, extension);
}

/** Builds the graph in one go, which is many times faster than adding to it. Searches work meanwhile, additions wait. */
export async function buildGraph(
  session: Session,
  settings: Settings,
  table: Table,
  { signal, onProgress, memory }: WorkOptions & { readonly memory?: string | undefined },
): Promise<void> {
  const statements = [
    'BEGIN',
    ...(memory === undefined ? [] : [`SET LOCAL maintenance_work_mem = '${memory}'`]),
    graphStatement(table, settings),
    'COMMIT',
  ];
  const building = session.run({ text: statements.join('; ') }, { signal, isChange: true, isUnlimited: true });
  const polling = onProgress && setInterval(report, 2000);
  async function report() {
    const text = 'SELECT tuples_done, tuples_total FROM pg_stat_progress_create_index WHERE relid = $1::regclass';
    const { rows } = await session.run({ text, values: [table.name] }).catch(() => ({ rows: [] }));
    const [done, total] = (rows[0] ?? []).map(Number);
    if (done !== undefined && total) onProgress?.({ step: 'build the graph', done, total, unit: 'entities' });
  }
  try {
    await building;
  } finally {
    clearInterval(polling);
  }
}

export function quoted(name: string): string {
  return `"${name}"`; // settingsOf lets no quote through
}

/** pgvector 0.8 brought scans that go on behind a filter. */
export function isCapable(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 0 || minor >= 8;
}

function graphStatement({ name, graph, operatorClass }: Table, { connectivity, expansionAdd }: Settings): string {
  const parameters = `m = ${connectivity}, ef_construction = ${expansionAdd}`;
  return `CREATE INDEX IF NOT EXISTS ${graph} ON ${name} USING hnsw (embedding ${operatorClass}) WITH (${parameters})`;
}

function describe(
  { schema, table, dimensions }: Settings,
  quantization: PostgresQuantization,
  { oid, schema: home }: Extension,
): Table {
  const inHome = (name: string) => `"${home.replaceAll('"', '""')}".${name}`;
  const type = types[quantization];
  return {
    name: `${quoted(schema)}.${quoted(table)}`,
    columnType: `${inHome(type)}(${dimensions})`,
    cast: (expression) => (quantization === 'f32' ? expression : `${expression}::${inHome(type)}(${dimensions})`),
    distance: (a, b) => `${a} OPERATOR(${inHome('<#>')}) ${b}`,
    vectorType: inHome('vector'),
    vectorOid: oid,
    operatorClass: inHome(`${type}_ip_ops`),
    graph: quoted(`${table}_hnsw`),
    quantization,
  };
}

async function findExtension(session: Session): Promise<Extension | undefined> {
  const { rows } = await session.run({
    text: `SELECT t.oid::int8::text, n.nspname, e.extversion FROM pg_extension e
      JOIN pg_namespace n ON n.oid = e.extnamespace
      JOIN pg_type t ON t.typnamespace = n.oid AND t.typname = 'vector'
      WHERE e.extname = 'vector'`,
  });
  if (!rows[0]) return undefined;
  const [oid, schema, version] = rows[0].map(String) as [string, string, string];
  if (isCapable(version)) return { oid: Number(oid), schema };
  throw indexServerErrors.incapable(indexName, session.address, `pgvector 0.8 (it has ${version})`, vectorExtensionFix);
}

async function createExtension(session: Session): Promise<Extension> {
  try {
    await session.run({ text: 'CREATE EXTENSION IF NOT EXISTS vector' }, { isChange: true });
  } catch (cause) {
    // 0A000 and 58P01: the server has no files of this extension.
    if (isReferentError(cause) && /^(0A000|58P01)$/.test(String(cause.details.sqlState))) {
      throw lacksVector(session.address);
    }
    throw cause;
  }
  const extension = await findExtension(session);
  if (!extension) throw lacksVector(session.address);
  return extension;
}
