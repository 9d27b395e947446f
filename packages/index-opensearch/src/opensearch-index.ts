import {
  assertDistinct,
  assertK,
  assertRows,
  type ChangeOptions,
  createTurns,
  type Hits,
  indexClosedError,
  type Rows,
  type VectorIndex,
} from '@referent/core';
import { createChanges } from './changes.js';
import { type Client, createClient } from './client.js';
import { checkIndex, createNextVersion, createVersion, dropIndex, switchAlias } from './lucene-index.js';
import {
  type CreateOpenSearchIndexOptions,
  indexName,
  type OpenOpenSearchIndexOptions,
  type RebuildOpenSearchIndexOptions,
  type Settings,
  settingsOf,
} from './options.js';
import { createSearch } from './search.js';

/** An index that lives in a cluster, for as many processes as like. */
export interface OpenSearchIndex extends VectorIndex {
  update: NonNullable<VectorIndex['update']>;
  remove: NonNullable<VectorIndex['remove']>;
  /** `host:port` of every node that was named, without user and password. */
  readonly address: string;
  /** Deletes the index, and closes. */
  drop(): Promise<void>;
}

/** The next version of an index, which nobody else finds until it is published. */
export interface OpenSearchRebuild extends OpenSearchIndex {
  /** Puts this version in the place of the one in use, which it deletes, in one step: no search fails between them. */
  publish(): Promise<void>;
}

/**
 * Makes an index with an HNSW graph over inner products (k-NN plugin, Lucene engine).
 * @throws `INDEX_TABLE_EXISTS`, `INDEX_SERVER_UNREACHABLE`, `INDEX_SERVER_DENIED`, `INDEX_SERVER_INCAPABLE` (no k-NN
 *   plugin), `INDEX_SERVER_BUSY`, `INDEX_TIMEOUT`, `INDEX_INVALID_OPTIONS`, `UNKNOWN_OPTION`
 */
export async function createOpenSearchIndex(options: CreateOpenSearchIndexOptions): Promise<OpenSearchIndex> {
  const settings = settingsOf(options);
  return withClient(settings, async (client) => openedIndex(client, settings, await createVersion(client, settings)));
}

/**
 * Opens an index that `createOpenSearchIndex` made.
 * @throws `INDEX_TABLE_MISSING`, `INDEX_MISMATCH` (other dimensions, fields or label), and as `createOpenSearchIndex`
 */
export async function openOpenSearchIndex(options: OpenOpenSearchIndexOptions): Promise<OpenSearchIndex> {
  const settings = settingsOf(options);
  return withClient(settings, async (client) => {
    await checkIndex(client, settings);
    const index = openedIndex(client, settings, settings.index);
    await index.recount();
    return index;
  });
}

/**
 * Makes the next version of an index beside the one in use, to be filled and then published. Given up by `drop()`.
 * @throws as `createOpenSearchIndex`
 */
export async function rebuildOpenSearchIndex(options: RebuildOpenSearchIndexOptions): Promise<OpenSearchRebuild> {
  const settings = settingsOf(options);
  return withClient(settings, async (client) =>
    openedIndex(client, settings, await createNextVersion(client, settings)),
  );
}

async function withClient<T>(settings: Settings, open: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient(settings);
  try {
    return await open(client);
  } catch (error) {
    client.close();
    throw error;
  }
}

/** `name` is the alias, or what it shall stand for one day. */
function openedIndex(
  client: Client,
  settings: Settings,
  name: string,
): OpenSearchRebuild & { recount(): Promise<void> } {
  const { dimensions } = settings;
  let target = name;
  let isClosed = false;
  const changes = createChanges(client, settings, () => target);
  const search = createSearch(client, settings);
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
  const store = async (
    change: typeof changes.add,
    keys: Uint32Array,
    rows: Rows,
    { signal }: ChangeOptions = {},
  ): Promise<void> => {
    assertOpen();
    assertRows(index, rows, keys);
    assertDistinct(keys);
    signal?.throwIfAborted();
    if (keys.length === 0) return;
    const [own, copy] = [keys.slice(), { data: rows.data.slice(), count: rows.count }];
    await inTurn(() => change(own, copy, signal));
  };
  const close = async () => {
    isClosed = true;
    client.close();
  };

  const index = {
    name: indexName,
    dimensions,
    address: client.address,
    get size() {
      return changes.size;
    },
    recount: changes.recount,

    add: (keys, rows, options) => store(changes.add, keys, rows, options),
    update: (keys, rows, options) => store(changes.update, keys, rows, options),

    async remove(keys, { signal }: ChangeOptions = {}) {
      assertOpen();
      signal?.throwIfAborted();
      if (keys.length === 0) return 0;
      const own = Uint32Array.from(new Set(keys));
      return inTurn(() => changes.remove(own, signal));
    },

    async search(queries, k, { keys, signal } = {}) {
      assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      if (queries.count === 0) return [];
      const allowed = keys && Uint32Array.from(new Set(keys));
      if (allowed?.length === 0) return Array.from({ length: queries.count }, emptyHits);
      const copy = { data: queries.data.slice(), count: queries.count };
      // Changes that are done must be found: the server is told to show them, once the one that runs is done too.
      if (changes.isHidden()) await inTurn(changes.show);
      return search({ queries: copy, k, allowed, size: changes.size, target, signal });
    },

    async publish() {
      assertOpen();
      await inTurn(async () => {
        await changes.show();
        await switchAlias(client, settings.index, target);
        target = settings.index;
      });
    },

    async drop() {
      assertOpen();
      await inTurn(() => dropIndex(client, settings.index, target));
      await close();
    },

    close,
  } satisfies OpenSearchRebuild & { recount(): Promise<void> };
  return index;
}

const emptyHits = (): Hits => ({ keys: new Uint32Array(), scores: new Float32Array() });
