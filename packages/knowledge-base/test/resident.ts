import { isReferentError, ReferentError } from '@referent/core';
import type { IndexContext, IndexProvider, ResidentIndex } from '../src/index.js';
import { createFileIndex } from './fakes.js';

/** What a server holds: tables of vectors by key, and their labels. It outlives the processes that talk to it. */
export interface FakeServer {
  readonly tables: Map<string, { readonly label: string; readonly vectors: Map<number, number[]> }>;
  /** Batches that were added, updated, and how often the index was finished. */
  readonly calls: { add: number; update: number; finish: number };
  isAway: boolean;
  /** Fails after so many more calls: after they were done, so that nobody knows. */
  callsToLive: number;
}

export const createFakeServer = (): FakeServer => ({
  tables: new Map(),
  calls: { add: 0, update: 0, finish: 0 },
  isAway: false,
  callsToLive: Number.POSITIVE_INFINITY,
});

export interface ResidentOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly backend?: string;
  /** As segments do: it says what it holds, and cannot replace. */
  readonly hasContains?: boolean;
  readonly canRemove?: boolean;
}

export function createResidentProvider(
  server: FakeServer,
  { settings = {}, backend = 'server', hasContains = false, canRemove = true }: ResidentOptions = {},
): IndexProvider {
  const assertThere = () => {
    if (server.isAway) throw new ReferentError('INDEX_SERVER_UNREACHABLE', { what: 'No server answers.' });
  };
  function indexOf(vectors: Map<number, number[]>): ResidentIndex {
    const plain = createFileIndex(vectors);
    const { add } = plain;
    const lost = () => {
      if (--server.callsToLive <= 0) throw new ReferentError('INDEX_CONNECTION_LOST', { what: 'Lost.' });
    };
    delete plain.save;
    if (!canRemove) delete plain.remove;
    const resident: ResidentIndex = Object.assign(plain, {
      async add(...given: Parameters<typeof add>) {
        server.calls.add++;
        await add(...given);
        lost();
      },
      async finish() {
        server.calls.finish++;
        lost();
      },
    });
    if (hasContains) resident.contains = (keys) => Array.from(keys, (key) => vectors.has(key));
    else
      resident.update = async (keys, rows) => {
        server.calls.update++;
        for (const key of keys) vectors.delete(key);
        await add(keys, rows);
        lost();
      };
    return resident;
  }
  const open = async (_path: string, _dimensions: number, { residence }: Omit<IndexContext, 'vectors'>) => {
    assertThere();
    const { name, label } = residence!;
    const table = server.tables.get(name);
    if (!table) throw new ReferentError('INDEX_TABLE_MISSING', { what: 'There is no such table.' });
    if (table.label !== label) throw new ReferentError('INDEX_MISMATCH', { what: 'It has another label.' });
    return indexOf(table.vectors);
  };
  return {
    backend,
    settings,
    residence: () => ({ address: 'server.example' }),
    async create(dimensions, context) {
      assertThere();
      const { name, label } = context.residence!;
      if (!server.tables.has(name)) server.tables.set(name, { label, vectors: new Map() });
      return open('', dimensions, context);
    },
    open,
    async discard(dimensions, context) {
      await open('', dimensions, context).catch((error) => {
        if (!isReferentError(error, 'INDEX_TABLE_MISSING')) throw error;
      });
      server.tables.delete(context.residence!.name);
    },
  };
}
