import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { assertKnownOptions, type Logger, silentLogger, type WorkOptions, workOptionNames } from '@referent/core';
import { inKnowledgeBase } from './errors.js';
import { lockFolder } from './folder/lock.js';
import { readManifest } from './folder/manifest.js';
import { openDatabase } from './store/database.js';
import { readFacts, writeFacts } from './store/facts.js';
import { addToLexicon, createLexicon } from './store/lexicon.js';

export interface AddLexicalIndexOptions extends WorkOptions {
  readonly folder: string;
  /** Entities per commit: what a kill can cost, and how long a reader may have to wait. @default 10000 */
  readonly batchSize?: number | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Makes the index of the words of all names, which the `lexical` source of `openKnowledgeBase` searches. From then on
 * every change keeps it up to date. Readers may go on. Stopped, the same call goes on where it was; does nothing where
 * the index is complete.
 * @returns entities whose names were added
 * @throws `KB_LOCKED`, `KB_DISK_FULL`, `KB_NOT_WRITABLE`, those of `openKnowledgeBase`
 */
export function addLexicalIndex({
  folder,
  batchSize = 10_000,
  logger = silentLogger,
  signal,
  onProgress,
  onTiming: _,
  ...unknown
}: AddLexicalIndexOptions): Promise<number> {
  return inKnowledgeBase(folder, async () => {
    assertKnownOptions('addLexicalIndex', unknown, ['folder', 'batchSize', 'logger', ...workOptionNames]);
    await readManifest(folder); // it must be whole, before a lock is laid into it
    const lock = lockFolder(folder);
    try {
      const { store } = await readManifest(folder);
      const database = openDatabase(join(folder, store.file), { cacheMegabytes: 64 });
      try {
        createLexicon(database);
        const { entities: total, nextKey, lexiconThrough } = readFacts(database);
        const last = nextKey - 1;
        let done = 0;
        for (let through = lexiconThrough; through < last; ) {
          signal?.throwIfAborted();
          const rows = database.all<[number, string, string | null]>(
            'SELECT key, title, aliases FROM entities WHERE key > ? ORDER BY key LIMIT ?',
            through,
            batchSize,
          );
          const reached = rows.length < batchSize ? last : rows.at(-1)![0];
          database.transaction(() => {
            addToLexicon(
              database,
              rows.map(([key, title, aliases]) => [
                key,
                { title, ...(aliases !== null && { aliases: JSON.parse(aliases) as string[] }) },
              ]),
            );
            writeFacts(database, { lexiconThrough: reached });
          });
          through = reached;
          done += rows.length;
          onProgress?.({ step: 'index names by words', done, total, unit: 'entities' });
          await setImmediate();
        }
        if (done > 0) logger.info(`Names of ${done} entities indexed by their words`);
        return done;
      } finally {
        database.close();
      }
    } finally {
      lock.release();
    }
  });
}
