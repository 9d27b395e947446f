import { isReferentError, ReferentError, type ReferentErrorOptions } from '@referent/core';

/** Every code that this package throws; the README says what each means. */
export type KnowledgeBaseErrorCode =
  | 'BACKEND_MISSING'
  | 'KB_NOT_A_KNOWLEDGE_BASE'
  | 'KB_INCOMPLETE'
  | 'KB_NEWER_FORMAT'
  | 'KB_OLDER_FORMAT'
  | 'KB_CORRUPT'
  | 'KB_WRONG_MODEL'
  | 'KB_WRONG_INDEX'
  | 'KB_EXISTS'
  | 'KB_OTHER_BUILD'
  | 'KB_LOCKED'
  | 'KB_FULL'
  | 'KB_DISK_FULL'
  | 'KB_NOT_WRITABLE'
  | 'KB_IO_FAILED'
  | 'KB_BAD_ENTITY'
  | 'KB_BAD_ENCODER'
  | 'KB_NO_VECTORS'
  | 'KB_VECTOR_COUNT'
  | 'KB_SOURCE_NOT_FOUND'
  | 'KB_SOURCE_FORMAT'
  | 'KB_SOURCE_BROKEN';

export function knowledgeBaseError(code: KnowledgeBaseErrorCode, options: ReferentErrorOptions): ReferentError {
  return new ReferentError(code, options);
}

/** Runs `work` and says in words what SQLite and the file system refuse. */
export async function inKnowledgeBase<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, folder);
  }
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** As `inKnowledgeBase`, for one error. Errors that are not about storage come back as they are. */
export function explain(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || isReferentError(error)) return error;
  const reason = (error as { code?: unknown }).code;
  // libsql's own word for a file that it cannot open carries no code.
  const code = typeof reason === 'string' && reason !== '' ? reason : error.message;
  const details = { folder, reason: error.message };
  const fail = (name: KnowledgeBaseErrorCode, options: ReferentErrorOptions) =>
    knowledgeBaseError(name, { ...options, details, cause: error });

  if (/^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG)/.test(code)) {
    return fail('KB_DISK_FULL', {
      what: `There is no room left to write the knowledge base ${folder}.`,
      why: sentence(error.message),
      fix: 'Free some space and run the same command again: it goes on where it stopped.',
    });
  }
  if (/^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EROFS|EACCES|EPERM)|ConnectionFailed/.test(code)) {
    return fail('KB_NOT_WRITABLE', {
      what: `The knowledge base ${folder} cannot be written or opened.`,
      why: sentence(error.message),
      fix: 'Check the permissions of the folder and that its disk is mounted for writing.',
    });
  }
  if (/^(SQLITE_CORRUPT|SQLITE_NOTADB)/.test(code)) {
    return fail('KB_CORRUPT', {
      what: `The store of the knowledge base ${folder} is damaged.`,
      why: sentence(error.message),
      fix: 'Restore it from a copy, or build it again.',
    });
  }
  if (/^(SQLITE_BUSY|SQLITE_LOCKED)/.test(code)) {
    return fail('KB_LOCKED', {
      what: `The knowledge base ${folder} is being changed by another process.`,
      fix: 'Wait until it has finished, then try again.',
    });
  }
  if (/^SQLITE_IOERR|^EIO/.test(code)) {
    return fail('KB_IO_FAILED', {
      what: `Reading or writing the knowledge base ${folder} failed.`,
      why: sentence(error.message),
      fix: 'Check the disk (and whether it is full), then run the same command again.',
    });
  }
  return error;
}
