import { join, resolve } from 'node:path';
import type { LabelledMention, ZeshelDocuments } from '@referent/benchmark-formats';
import { openZeshelDocuments } from '@referent/benchmark-formats/node';
import { isReferentError, ReferentError } from '@referent/core';
import { inLowerCase } from './gold.js';
import type { Io } from './io.js';
import { type Input, openInput } from './read-input.js';
import { readMentions } from './read-mentions.js';

/** The mention files of the Zeshel distribution, by the names that BLINK gives the splits. */
export const zeshelSplits = {
  train: 'train.json',
  valid: 'val.json',
  test: 'test.json',
  heldout_train_seen: 'heldout_train_seen.json',
  heldout_train_unseen: 'heldout_train_unseen.json',
} as const;
export type ZeshelSplit = keyof typeof zeshelSplits;

/** The Zeshel distribution as it is unpacked: `documents/<world>.json`, `mentions/<split>.json`. */
export interface ZeshelFolder {
  readonly path: string;
  readonly documents: ZeshelDocuments;
  /** The file of a world's documents. */
  documentsOf(world: string): string;
  /** @throws `ZESHEL_NO_SPLIT` */
  openSplit(split: ZeshelSplit): Promise<Input>;
  /** @throws `ZESHEL_NO_SPLIT`, and those of `readBenchmark` */
  mentionsOf(
    split: ZeshelSplit,
    options?: { limit?: number | undefined; compat?: boolean | undefined },
  ): AsyncGenerator<LabelledMention>;
  close(): Promise<void>;
}

export function openZeshelFolder(path: string, io: Io): ZeshelFolder {
  const folder = resolve(io.cwd, path);
  const documents = openZeshelDocuments(join(folder, 'documents'));

  async function openSplit(split: ZeshelSplit): Promise<Input> {
    const file = join(folder, 'mentions', zeshelSplits[split]);
    try {
      return await openInput(file, io);
    } catch (error) {
      if (!isReferentError(error, 'INPUT_UNREADABLE')) throw error;
      throw new ReferentError('ZESHEL_NO_SPLIT', {
        what: `${folder} has no mentions of the split ${split}.`,
        why: error.message,
        fix: 'Give the folder of the Zeshel distribution that holds "documents" and "mentions".',
        details: { folder, split, file },
        cause: error,
      });
    }
  }

  return {
    path: folder,
    documents,
    documentsOf: (world) => join(folder, 'documents', `${world}.json`),
    openSplit,
    async *mentionsOf(split, { limit = Number.POSITIVE_INFINITY, compat = false } = {}) {
      let count = 0;
      for await (const mention of readMentions(await openSplit(split), { format: 'zeshel', documents })) {
        yield compat ? inLowerCase(mention) : mention;
        if (++count >= limit) return;
      }
    },
    close: documents.close,
  };
}
