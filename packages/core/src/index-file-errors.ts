import { ReferentError } from './errors.js';

/** What every index backend says about a file that it cannot use, so that all say it in the same words and codes. */
export const indexFileErrors = {
  missing: (path: string): ReferentError =>
    new ReferentError('INDEX_FILE_MISSING', {
      what: `There is no index file at ${path}.`,
      fix: 'Check the path, or build the index first.',
      details: { path },
    }),

  unreadable: (path: string, cause: unknown): ReferentError =>
    new ReferentError('INDEX_FILE_UNREADABLE', {
      what: `The index file ${path} could not be read.`,
      ...(cause instanceof Error && { why: `${cause.message}.` }),
      fix: 'Check that it is a file, and that it may be read.',
      details: { path },
      cause,
    }),

  /** Truncated, changed, or never an index of this backend. */
  corrupt: (path: string, why: string): ReferentError =>
    new ReferentError('INDEX_CORRUPT_FILE', {
      what: `${path} cannot be used as an index.`,
      why,
      fix: 'Build the index again, or restore the file from a copy.',
      details: { path },
    }),

  newer: (path: string, found: number, known: number): ReferentError =>
    new ReferentError('INDEX_NEWER_FILE', {
      what: `${path} has format version ${found}; this release reads up to ${known}.`,
      why: 'A newer release wrote it.',
      fix: 'Update Referent, or build the index again with this release.',
      details: { path, found, known },
    }),

  /** The file is whole, but its `setting` (dimensions, metric, quantization) is not the one asked for. */
  mismatch: (path: string, setting: string, expected: unknown, found: unknown): ReferentError =>
    new ReferentError('INDEX_MISMATCH', {
      what: `${path} has ${setting} ${found}, expected ${expected}.`,
      why: 'It was built with another model or other settings.',
      fix: 'Build the index again with this model, or open it with the settings that it was built with.',
      details: { path, setting, expected, found },
    }),

  saveFailed: (path: string, cause: unknown): ReferentError =>
    new ReferentError('INDEX_SAVE_FAILED', {
      what: `The index could not be saved to ${path}.`,
      ...(cause instanceof Error && { why: `${cause.message}.` }),
      fix: 'Check that the folder exists, may be written to and has enough free space. A file that was there before is unchanged.',
      details: { path },
      cause,
    }),
};
