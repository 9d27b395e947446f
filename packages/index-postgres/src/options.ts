import { assertKnownOptions, ReferentError } from '@referent/core';

/** How a vector is kept: 4 bytes per value (`vector`), or 2 (`halfvec`). */
export type PostgresQuantization = 'f32' | 'f16';

export interface PostgresConnectionOptions {
  /** Where the server is: `postgres://user:password@host:5432/database`. @default what PGHOST, PGUSER … say to `pg` */
  readonly url?: string | undefined;
  /** Connections that are opened at most; so many portions of a batch are searched side by side. @default 4 */
  readonly connections?: number | undefined;
  /** Milliseconds that a connection may take. @default 10000 */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds that a search or a change may take; building the graph has no limit. @default 300000 */
  readonly timeout?: number | undefined;
}

export interface PostgresTableOptions extends PostgresConnectionOptions {
  /** Length of every vector: at most 2000, or 4000 as `f16`, which is what pgvector builds graphs of. */
  readonly dimensions: number;
  /** A name of letters, digits and underscores. */
  readonly table: string;
  /** @default 'public' */
  readonly schema?: string | undefined;
  /** Candidates kept while searching, at most 1000. More: better recall, slower. @default 200 */
  readonly expansionSearch?: number | undefined;
  /**
   * Says whose vectors these are, such as the model's name: creating keeps it as the table's comment, opening refuses a
   * table that has another one. @default none, and none is asked for
   */
  readonly label?: string | undefined;
}

export interface CreatePostgresIndexOptions extends PostgresTableOptions {
  /** @default 'f32' */
  readonly quantization?: PostgresQuantization | undefined;
  /** Edges per node and level, 2 to 100. More: better recall, more memory, slower. @default 16 */
  readonly connectivity?: number | undefined;
  /** Candidates kept while adding, at most 1000 and at least twice the edges. @default 128 */
  readonly expansionAdd?: number | undefined;
  /**
   * No graph until `buildGraph()` is called: many vectors are added much faster that way. Searches compare every row
   * until then. @default false
   */
  readonly deferGraph?: boolean | undefined;
  /** Drops a table of this name first. @default false */
  readonly replace?: boolean | undefined;
}

export type OpenPostgresIndexOptions = PostgresTableOptions;

export type Settings = {
  readonly [Name in keyof Omit<CreatePostgresIndexOptions, 'url' | 'label'>]-?: NonNullable<
    CreatePostgresIndexOptions[Name]
  >;
} & Pick<CreatePostgresIndexOptions, 'url' | 'label'>;

export const indexName = 'postgres';

const optionNames = [
  'url',
  'dimensions',
  'table',
  'schema',
  'connections',
  'connectTimeout',
  'timeout',
  'quantization',
  'connectivity',
  'expansionAdd',
  'expansionSearch',
  'deferGraph',
  'replace',
  'label',
];

/** @throws `INDEX_INVALID_OPTIONS`, never with the url in it */
export function settingsOf({
  url,
  dimensions,
  table,
  schema = 'public',
  connections = 4,
  connectTimeout = 10_000,
  timeout = 300_000,
  quantization = 'f32',
  connectivity = 16,
  expansionAdd = 128,
  expansionSearch = 200,
  deferGraph = false,
  replace = false,
  label,
  ...unknown
}: CreatePostgresIndexOptions): Settings {
  assertKnownOptions('The index in PostgreSQL', unknown, optionNames);
  if (quantization !== 'f32' && quantization !== 'f16') {
    throw invalidOptions(`quantization must be f32 or f16, got ${quantization}.`);
  }
  assertBetween('dimensions', dimensions, 1, quantization === 'f32' ? 2000 : 4000);
  assertBetween('connections', connections, 1, 1000);
  assertBetween('connectTimeout', connectTimeout, 1, 2 ** 31 - 1);
  assertBetween('timeout', timeout, 1, 2 ** 31 - 10_000);
  assertBetween('connectivity', connectivity, 2, 100);
  assertBetween('expansionAdd', expansionAdd, 2 * connectivity, 1000);
  assertBetween('expansionSearch', expansionSearch, 1, 1000);
  for (const [option, name] of Object.entries({ table, schema })) {
    if (/^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(name)) continue;
    throw invalidOptions(`${option} must be 1 to 48 letters, digits and underscores, got ${JSON.stringify(name)}.`);
  }
  if (url !== undefined && !isPostgresUrl(url)) {
    throw invalidOptions('url is no connection string.', 'It must look like postgres://user@host:5432/database.');
  }
  if (label !== undefined && !/^[^\p{Cc}\\]{1,1000}$/u.test(label)) {
    throw invalidOptions('label must be 1 to 1000 characters, without control characters and backslashes.');
  }
  return {
    url,
    dimensions,
    table,
    schema,
    connections,
    connectTimeout,
    timeout,
    quantization,
    connectivity,
    expansionAdd,
    expansionSearch,
    deferGraph,
    replace,
    label,
  };
}

export function invalidOptions(what: string, fix?: string): ReferentError {
  return new ReferentError('INDEX_INVALID_OPTIONS', { what: `${indexName}: ${what}`, ...(fix && { fix }) });
}

function assertBetween(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalidOptions(`${option} must be a whole number from ${least} to ${most}, got ${value}.`);
}

function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}
