import { assertKnownOptions, ReferentError } from '@referent/core';

/**
 * What `buildGraph` makes: lists of neighbours with full vectors (`ivf-flat`) or some bytes per vector (`ivf-pq`), or HNSW
 * over one byte per value (`hnsw-sq`). Hits are scored again with the full vectors, which stay on disk.
 *
 * `hnsw-sq` takes vectors of length 1 only: with inner products LanceDB's HNSW finds next to nothing
 * (lance-format/lance#7352; recall .01 to .2 in our tests), so distances stand for them.
 */
export type LancedbGraph = 'ivf-flat' | 'ivf-pq' | 'hnsw-sq';

export interface LancedbIndexOptions {
  /** Folder of the database; made if it does not exist. What LanceDB calls a uri (`s3://…`) works too. */
  readonly folder: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** A name of letters, digits and underscores. @default 'vectors' */
  readonly table?: string | undefined;
  /** @default 'ivf-flat' */
  readonly graph?: LancedbGraph | undefined;
  /** Fewer vectors than this get no graph: comparing all is as fast. @default 10000 */
  readonly graphFrom?: number | undefined;
  /** Vectors per part of the graph. @default 1000000 for hnsw-sq, else 4096 */
  readonly partSize?: number | undefined;
  /** Parts that a search looks into. @default 32 */
  readonly probes?: number | undefined;
  /** Edges per node, for hnsw-sq. @default 20 */
  readonly connectivity?: number | undefined;
  /** Candidates kept while the graph is built, for hnsw-sq. @default 200 */
  readonly expansionAdd?: number | undefined;
  /** Candidates kept while searching, for hnsw-sq. More: better recall, slower. @default 200 */
  readonly expansionSearch?: number | undefined;
  /** Times k hits that are scored again with full vectors. @default 10 for ivf-pq, else 4 */
  readonly oversampling?: number | undefined;
  /**
   * Says whose vectors these are, such as the model's name: creating keeps it with the table, opening refuses a table
   * that has another one. @default none, and none is asked for
   */
  readonly label?: string | undefined;
}

export interface CreateLancedbIndexOptions extends LancedbIndexOptions {
  /** Deletes a table of this name first. @default false */
  readonly replace?: boolean | undefined;
}

export type OpenLancedbIndexOptions = LancedbIndexOptions;

export type Settings = {
  readonly [Name in keyof Omit<CreateLancedbIndexOptions, 'label'>]-?: NonNullable<CreateLancedbIndexOptions[Name]>;
} & Pick<CreateLancedbIndexOptions, 'label'>;

export const indexName = 'lancedb';

const optionNames = [
  'folder',
  'dimensions',
  'table',
  'graph',
  'graphFrom',
  'partSize',
  'probes',
  'connectivity',
  'expansionAdd',
  'expansionSearch',
  'oversampling',
  'replace',
  'label',
];

/** @throws `INDEX_INVALID_OPTIONS` */
export function settingsOf({
  folder,
  dimensions,
  table = 'vectors',
  graph = 'ivf-flat',
  graphFrom = 10_000,
  partSize = graph === 'hnsw-sq' ? 1_000_000 : 4096,
  probes = 32,
  connectivity = 20,
  expansionAdd = 200,
  expansionSearch = 200,
  oversampling = graph === 'ivf-pq' ? 10 : 4,
  replace = false,
  label,
  ...unknown
}: CreateLancedbIndexOptions): Settings {
  assertKnownOptions('The index in LanceDB', unknown, optionNames);
  const counts = { dimensions, graphFrom, partSize, probes, connectivity, expansionAdd, expansionSearch, oversampling };
  for (const [option, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) throw invalid(`${option} must be a positive integer, got ${value}.`);
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(table)) {
    throw invalid(`table must be 1 to 48 letters, digits and underscores, got ${JSON.stringify(table)}.`);
  }
  if (!['hnsw-sq', 'ivf-flat', 'ivf-pq'].includes(graph)) {
    throw invalid(`graph must be hnsw-sq, ivf-flat or ivf-pq, got ${graph}.`);
  }
  if (folder === '') throw invalid('folder must not be empty.');
  return { folder, table, graph, replace, label, ...counts };
}

function invalid(what: string): ReferentError {
  return new ReferentError('INDEX_INVALID_OPTIONS', { what: `${indexName}: ${what}` });
}
