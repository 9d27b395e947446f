import { ReferentError } from '@referent/core';

const notWritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/** Turns the file system's refusals into words; anything else stays as it is. */
export function explainFileError(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ReferentError('DISK_FULL', {
      what: `The disk that holds ${folder} is full.`,
      fix: 'Free some space, or use another cache folder (REFERENT_CACHE for the command line), then run it again: it goes on where it stopped.',
      details: { folder },
      cause: error,
    });
  }
  if (code !== undefined && notWritable.has(code)) {
    return new ReferentError('CACHE_NOT_WRITABLE', {
      what: `The cache folder ${folder} cannot be written.`,
      why: `The system said ${code}.`,
      fix: 'Use a cache folder that you may write (REFERENT_CACHE for the command line), or change its permissions.',
      details: { folder, code },
      cause: error,
    });
  }
  return error;
}

export function isMissingFile(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}
