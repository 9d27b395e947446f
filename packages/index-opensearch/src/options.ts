import { assertKnownOptions, ReferentError } from '@referent/core';

export interface OpenSearchConnectionOptions {
  /**
   * Where the nodes are: `https://user:password@host:9200`. Several, as an array or with commas between them, stand in
   * for each other when one does not answer. @default 'http://127.0.0.1:9200'
   */
  readonly url?: string | readonly string[] | undefined;
  /** Requests that are under way at most; so many portions of a batch are stored or searched side by side. @default 4 */
  readonly connections?: number | undefined;
  /** Milliseconds that one request may take. @default 60000 */
  readonly timeout?: number | undefined;
  /**
   * How often a request is made again that a busy server refuses (429, 502, 503, 504), after 0.2 s, 0.4 s, 0.8 s … and
   * 10 s at most. @default 8, half a minute
   */
  readonly retries?: number | undefined;
}

/** How the graph compares vectors: as they are, or as whole numbers of 7 bits, for a quarter of the memory. */
export type OpenSearchQuantization = 'f32' | 'i8';

export interface OpenSearchIndexOptions extends OpenSearchConnectionOptions {
  /** Length of every vector: at most 16000. */
  readonly dimensions: number;
  /**
   * The name that is searched: lower-case letters, digits, `-` and `_`. It is an alias; what it stands for is called
   * `NAME-v1`, `NAME-v2` …
   */
  readonly index: string;
  /**
   * What the nodes need in memory for fast searches. With `i8` hits are scored again with the full vectors, which stay on
   * the disk. Cannot be changed later. @default 'f32'
   */
  readonly quantization?: OpenSearchQuantization | undefined;
  /** Candidates kept while searching, per shard. More: better recall, slower. @default 200 */
  readonly expansionSearch?: number | undefined;
  /**
   * Says whose vectors these are, such as the model's name: creating keeps it with the mapping, opening refuses an index
   * that has another one. @default none, and none is asked for
   */
  readonly label?: string | undefined;
}

export interface CreateOpenSearchIndexOptions extends OpenSearchIndexOptions {
  /** Parts that the index is cut into, for nodes to share. Cannot be changed later. @default 1 */
  readonly shards?: number | undefined;
  /** Copies of every shard beside the first, on other nodes: what survives a node. @default 1 */
  readonly replicas?: number | undefined;
  /** Edges per node of the graph and level (Lucene's m), 2 to 100. More: better recall, more memory. @default 16 */
  readonly connectivity?: number | undefined;
  /** Candidates kept while adding (ef_construction). More: better recall, slower to add. @default 128 */
  readonly expansionAdd?: number | undefined;
  /**
   * Seconds after which other processes find what was stored; this one finds it at once. Shorter makes adding slower.
   * @default 30
   */
  readonly refreshInterval?: number | undefined;
  /** Deletes an index of this name first. `rebuildOpenSearchIndex` keeps it in use meanwhile. @default false */
  readonly replace?: boolean | undefined;
}

export type OpenOpenSearchIndexOptions = OpenSearchIndexOptions;
export type RebuildOpenSearchIndexOptions = Omit<CreateOpenSearchIndexOptions, 'replace'>;

export type Settings = {
  readonly [Name in keyof Omit<CreateOpenSearchIndexOptions, 'url' | 'label'>]-?: NonNullable<
    CreateOpenSearchIndexOptions[Name]
  >;
} & Pick<CreateOpenSearchIndexOptions, 'label'> & { readonly nodes: readonly URL[] };

export const indexName = 'opensearch';

const optionNames = [
  'url',
  'connections',
  'timeout',
  'retries',
  'dimensions',
  'index',
  'quantization',
  'expansionSearch',
  'label',
  'shards',
  'replicas',
  'connectivity',
  'expansionAdd',
  'refreshInterval',
  'replace',
];

/** @throws `INDEX_INVALID_OPTIONS`, `UNKNOWN_OPTION`, never with the url in it */
export function settingsOf({
  url = 'http://127.0.0.1:9200',
  connections = 4,
  timeout = 60_000,
  retries = 8,
  dimensions,
  index,
  quantization = 'f32',
  expansionSearch = 200,
  shards = 1,
  replicas = 1,
  connectivity = 16,
  expansionAdd = 128,
  refreshInterval = 30,
  replace = false,
  label,
  ...unknown
}: CreateOpenSearchIndexOptions): Settings {
  assertKnownOptions('The index in OpenSearch', unknown, optionNames);
  assertBetween('connections', connections, 1, 1000);
  assertBetween('timeout', timeout, 1, 2 ** 31 - 1);
  assertBetween('retries', retries, 0, 1000);
  assertBetween('dimensions', dimensions, 1, 16_000);
  assertBetween('expansionSearch', expansionSearch, 1, 10_000);
  assertBetween('shards', shards, 1, 1024);
  assertBetween('replicas', replicas, 0, 100);
  assertBetween('connectivity', connectivity, 2, 100);
  assertBetween('expansionAdd', expansionAdd, 2, 3200);
  assertBetween('refreshInterval', refreshInterval, 1, 86_400);
  if (quantization !== 'f32' && quantization !== 'i8') {
    throw invalidOptions(`quantization must be f32 or i8, got ${quantization}.`);
  }
  if (!/^[a-z][a-z0-9_-]{0,99}$/.test(index)) {
    throw invalidOptions(
      `index must be 1 to 100 lower-case letters, digits, - and _, a letter first; got ${JSON.stringify(index)}.`,
    );
  }
  if (label !== undefined && !/^\P{Cc}{1,1000}$/u.test(label)) {
    throw invalidOptions('label must be 1 to 1000 characters, without control characters.');
  }
  return {
    nodes: nodesOf(url),
    connections,
    timeout,
    retries,
    dimensions,
    index,
    quantization,
    expansionSearch,
    shards,
    replicas,
    connectivity,
    expansionAdd,
    refreshInterval,
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

function nodesOf(url: string | readonly string[]): URL[] {
  const nodes = (typeof url === 'string' ? url.split(',') : url).map((one) => one.trim());
  if (nodes.length > 0 && nodes.every((one) => /^https?:\/\//.test(one) && URL.canParse(one))) {
    return nodes.map((one) => new URL(one));
  }
  throw invalidOptions('url is no address of a node.', 'It must look like https://user:password@host:9200.');
}
