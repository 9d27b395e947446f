import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReferentError, type Rows } from '@referent/core';
import { type FileLayout, readLayout, readVectors } from './file-layout.js';
import type { KeyCodec } from './key-codec.js';
import type { NativeIndex } from './native-index.js';
import type { Quantization } from './options.js';

/** Keys and vectors of an index at one moment. */
export interface StoredRows {
  has(key: number): boolean;
  keys(): Uint32Array;
  read(keys: Uint32Array): Promise<Rows>;
}

/**
 * The index as a file, in which its keys and vectors can be read: usearch's binding lists no keys and gives no vector
 * back. For an index that was opened and not changed it is the file it came from; else one is written for the purpose
 * to the system's temporary folder, once, until the next change.
 */
export interface Snapshot {
  /** The rows are those of the moment of the call, and stay readable until `work` is done. */
  use<T>(work: (rows: StoredRows) => Promise<T>): Promise<T>;
  /** The index is about to change, or is closed. Resolves when nothing is left open. */
  forget(): Promise<void>;
}

interface Source {
  readonly file: FileHandle;
  readonly layout: FileLayout;
  readonly temporary?: string;
}

export function createSnapshot(
  native: NativeIndex,
  { dimensions, quantization }: { readonly dimensions: number; readonly quantization: Quantization },
  /** The path that the index was opened from, as long as the same file is there. */
  unchangedPath: () => Promise<string | undefined> = async () => undefined,
): Snapshot {
  let changed = false;
  let source: Promise<Source> | undefined;
  let users = new Set<Promise<unknown>>();

  async function take(): Promise<Source> {
    const own = changed ? undefined : await unchangedPath();
    if (own) return openSource(own, native.codec);
    const temporary = join(tmpdir(), `referent-usearch-${randomUUID()}`);
    try {
      native.save(temporary);
      return { ...(await openSource(temporary, native.codec)), temporary };
    } catch (cause) {
      throw new ReferentError('INDEX_TEMPORARY_FILE', {
        what: `A temporary copy of the index could not be written to ${temporary}.`,
        ...(cause instanceof Error && { why: `${cause.message}.` }),
        fix: 'Make room there, or give the index its full vectors as `rescore`: then it needs no copy.',
        cause,
      });
    } finally {
      // Where the system allows it, the name goes at once: a killed process leaves nothing behind.
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  const rowsOf = ({ file, layout }: Source): StoredRows => ({
    has: (key) => layout.slots.slotOf(key) !== undefined,
    keys: () => layout.slots.keys,
    async read(keys) {
      const slots = Array.from(keys, (key) => layout.slots.slotOf(key)!);
      return { data: await readVectors(file, layout, slots, dimensions, quantization), count: keys.length };
    },
  });

  return {
    async use(work) {
      source ??= take();
      const mine = source;
      mine.catch(() => {
        if (source === mine) source = undefined; // the next search tries again
      });
      const using = mine.then((taken) => work(rowsOf(taken)));
      const together = users.add(using);
      try {
        return await using;
      } finally {
        together.delete(using);
      }
    },

    async forget() {
      const [old, readers] = [source, users];
      changed = true;
      source = undefined;
      users = new Set();
      if (!old) return;
      await Promise.allSettled(readers);
      const taken = await old.catch(() => undefined);
      await taken?.file.close();
      if (taken?.temporary) await rm(taken.temporary, { force: true }).catch(() => undefined);
    },
  };
}

async function openSource(path: string, codec: KeyCodec): Promise<Source> {
  const file = await open(path, 'r');
  try {
    return { file, layout: await readLayout(file, codec) };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}
