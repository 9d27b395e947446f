import { isReferentError, ReferentError } from '@referent/core';
import { indexName } from './options.js';

/** What LanceDB throws: plain errors whose text is all there is. */
export function storageError(doing: string, folder: string, cause: unknown): ReferentError {
  if (isReferentError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ReferentError('INDEX_STORAGE_FAILED', {
    what: `${indexName}: ${doing} failed in ${folder}.`,
    why: `${message.split('\n', 1)[0]!.replace(/\.$/, '')}.`,
    fix: 'Check that the folder may be written, that its disk has room, and that no file of it was deleted. A change that failed has stored nothing.',
    details: { folder },
    cause,
  });
}

export function tableMissing(folder: string, table: string): ReferentError {
  return new ReferentError('INDEX_TABLE_MISSING', {
    what: `${indexName}: there is no table ${table} in ${folder}.`,
    fix: 'Check folder and table, or build the index first.',
    details: { folder, table },
  });
}

export function tableExists(folder: string, table: string): ReferentError {
  return new ReferentError('INDEX_TABLE_EXISTS', {
    what: `${indexName}: there is a table ${table} in ${folder} already.`,
    fix: 'Open it, choose another name, or create the index with `replace`.',
    details: { folder, table },
  });
}
