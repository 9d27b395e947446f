import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ReferentError, type WorkOptions } from '@referent/core';

const newline = 10;
const chunkBytes = 4 * 2 ** 20;

/** Lines of a file that hold something: seconds where reading its records would take minutes. */
export async function countRecords(path: string, { signal, onProgress }: WorkOptions = {}): Promise<number> {
  let records = 0;
  let done = 0;
  let isBlank = true;
  const scan = (chunk: Buffer) => {
    for (let start = 0; start < chunk.length; ) {
      const found = chunk.indexOf(newline, start);
      const end = found < 0 ? chunk.length : found;
      for (let i = start; isBlank && i < end; i++) isBlank = isSpace(chunk[i]!);
      if (found >= 0) {
        if (!isBlank) records++;
        isBlank = true;
      }
      start = end + 1;
    }
  };
  try {
    const total = (await stat(path)).size;
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes, signal })) {
      scan(chunk as Buffer);
      done += (chunk as Buffer).length;
      onProgress?.({ step: 'count entities', done, total, unit: 'bytes' });
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ReferentError('IMPORT_FILE_UNREADABLE', {
      what: `${path} cannot be read.`,
      why: `${(cause as Error).message}.`,
      fix: 'Check the path and its permissions.',
      details: { file: path },
      cause,
    });
  }
  return isBlank ? records : records + 1;
}

/** White space of one byte; a byte order mark's three are none, but then a record follows. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
