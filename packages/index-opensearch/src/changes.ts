import { duplicateKeyError, indexServerErrors, isReferentError, type Rows } from '@referent/core';
import { type BulkResult, sendBulk } from './bulk.js';
import type { Client } from './client.js';
import { indexName, type Settings } from './options.js';
import { portionsOf } from './wire.js';

/** The changes of one index. The caller makes one at a time, with arrays that nobody else changes. */
export interface Changes {
  readonly size: number;
  add(keys: Uint32Array, rows: Rows, signal: AbortSignal | undefined): Promise<void>;
  update(keys: Uint32Array, rows: Rows, signal: AbortSignal | undefined): Promise<void>;
  /** Each key once. Gives how many were stored. */
  remove(keys: Uint32Array, signal: AbortSignal | undefined): Promise<number>;
  /** Something is stored that the server does not show to searches yet. */
  isHidden(): boolean;
  show(): Promise<void>;
  recount(): Promise<void>;
}

const keysOfOneLookup = 10_000;

export function createChanges(client: Client, settings: Settings, target: () => string): Changes {
  const { dimensions } = settings;
  let size = 0;
  let isSizeKnown = true;
  let isHidden = false;
  /** Keys of additions of which nobody knows how far they went: stored or not, they may come again. */
  const uncertain = new Set<number>();

  const show = async () => {
    if (!isSizeKnown) return recount();
    if (isHidden) await client.ask({ method: 'POST', path: `/${target()}/_refresh` });
    isHidden = false;
  };
  const recount = async () => {
    // Who may only read may not refresh: then what others stored last is counted when they show it.
    await client.ask({ method: 'POST', path: `/${target()}/_refresh`, accept: isHidden ? [] : [403] });
    isHidden = false;
    const { body } = await client.ask<{ count: number }>({ method: 'GET', path: `/${target()}/_count` });
    size = body.count;
    isSizeKnown = true;
  };
  const knowSize = async () => {
    if (!isSizeKnown) await recount();
  };

  async function storedAmong(keys: readonly number[], signal: AbortSignal | undefined): Promise<number[]> {
    const stored: number[] = [];
    const path = `/${target()}/_mget?_source=false&stored_fields=_none_&filter_path=docs.found,docs.error,error,status`;
    for (let from = 0; from < keys.length; from += keysOfOneLookup) {
      const some = keys.slice(from, from + keysOfOneLookup);
      const body = { ids: some.map(String) };
      const { body: answer } = await client.ask<{ docs: { found?: boolean }[] }>({
        method: 'POST',
        path,
        body,
        signal,
      });
      stored.push(...some.filter((_, at) => answer.docs[at]!.found));
    }
    return stored;
  }

  /** From here on requests are on their way: whatever goes wrong with them, part of them may have been carried out. */
  async function send(...[portions, result, signal]: [Parameters<typeof sendBulk>[3], BulkResult, AbortSignal?]) {
    isHidden = true;
    try {
      await sendBulk(client, settings, target(), portions, result, { signal });
    } catch (error) {
      if (isReferentError(error, 'INDEX_SERVER_UNREACHABLE')) {
        throw indexServerErrors.connectionLost(indexName, client.address, error.cause);
      }
      throw error;
    }
  }

  /** A batch is stored whole or not at all: a refused one is deleted again, also the part that nobody answered for. */
  async function takeBack(keys: readonly number[]): Promise<void> {
    await send(
      portionsOf(keys, () => 'delete'),
      emptyResult(),
    );
    for (const key of keys) uncertain.delete(key);
  }

  return {
    get size() {
      return size;
    },
    isHidden: () => isHidden || !isSizeKnown,
    show,
    recount,

    async add(keys, rows, signal) {
      await knowSize();
      const known = Array.from(keys).filter((key) => !uncertain.has(key));
      const [stored] = await storedAmong(known, signal);
      if (stored !== undefined) throw duplicateKeyError(stored);
      const again = keys.length - known.length;
      const lost = again > 0 ? new Set(keys.filter((key) => uncertain.has(key))) : undefined;
      const operationOf = (key: number) => (lost?.has(key) ? 'index' : 'create');
      const result = emptyResult();
      try {
        await send(portionsOf(keys, operationOf, { rows, dimensions }), result, signal);
        // Stored by another process since it was asked for.
        if (result.conflicts.length > 0) throw duplicateKeyError(result.conflicts[0]!);
      } catch (error) {
        const isLost = isReferentError(error) && lostCodes.has(error.code);
        const others = new Set(result.conflicts);
        try {
          if (isLost) throw error;
          await takeBack(Array.from(keys).filter((key) => !others.has(key)));
        } catch (cause) {
          isSizeKnown = false;
          for (const key of keys) uncertain.add(key);
          throw isLost ? error : indexServerErrors.connectionLost(indexName, client.address, cause);
        }
        throw error;
      }
      for (const key of lost ?? []) uncertain.delete(key);
      if (lost) await recount();
      else size += keys.length;
    },

    async update(keys, rows, signal) {
      await knowSize();
      signal?.throwIfAborted();
      const result = emptyResult();
      isSizeKnown = false;
      await send(
        portionsOf(keys, () => 'index', { rows, dimensions }),
        result,
      );
      size += result.created.length;
      isSizeKnown = !result.isRepeated;
    },

    async remove(keys, signal) {
      await knowSize();
      const stored = await storedAmong(Array.from(keys), signal);
      if (stored.length === 0) return 0;
      isSizeKnown = false;
      await send(
        portionsOf(stored, () => 'delete'),
        emptyResult(),
      );
      for (const key of keys) uncertain.delete(key);
      size -= stored.length;
      isSizeKnown = true;
      return stored.length;
    },
  };
}

/** After these nobody knows how far an addition went; the same call completes it. */
const lostCodes = new Set(['INDEX_CONNECTION_LOST', 'INDEX_TIMEOUT', 'INDEX_SERVER_BUSY']);

const emptyResult = (): BulkResult => ({ created: [], conflicts: [], isRepeated: false });
