import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelFiles, missingFile } from './files.js';

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'It is a file; a folder is needed.',
  EACCES: 'You may not read it.',
};

/** The files of a model folder. */
export function createFolderFiles(folder: string): ModelFiles {
  const files: ModelFiles = {
    location: folder,
    async read(name, { signal } = {}) {
      try {
        return await readFile(join(folder, name), { signal });
      } catch (cause) {
        signal?.throwIfAborted();
        const { code = '' } = cause as NodeJS.ErrnoException;
        if (code === 'ENOENT') return undefined;
        throw missingFile(files, name, reasons[code] ?? `The system said ${code}.`, { folder, code }, cause);
      }
    },
    // Without a copy of the bytes: weights may have gigabytes.
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
  };
  return files;
}
