import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { ReferentError, type WorkOptions } from '@referent/core';
import { type Entry, type Options, open, type ZipFile } from 'yauzl';

export interface ExtractOptions extends WorkOptions {
  readonly archive: string;
  readonly folder: string;
  /** Where a member goes, relative to the folder; undefined leaves it out. */
  readonly select: (member: string) => string | undefined;
  readonly step: string;
}

const openZip = promisify<string, Options, ZipFile>(open);

/**
 * Unpacks the chosen members of a zip file. Files that exist are written anew, so a second call mends a killed first one.
 * @throws `ARCHIVE_INVALID` broken, or a member would land outside the folder
 */
export async function extractZip({ archive, folder, select, step, signal, onProgress }: ExtractOptions): Promise<void> {
  const zip = await openZip(archive, { lazyEntries: true, autoClose: false, strictFileNames: true }).catch((error) => {
    throw invalid(archive, error);
  });
  try {
    const chosen: { entry: Entry; target: string }[] = [];
    for (const entry of await listEntries(zip, archive)) {
      const name = entry.fileName.endsWith('/') ? undefined : select(entry.fileName);
      if (name !== undefined) chosen.push({ entry, target: inside(folder, name, archive) });
    }
    const total = chosen.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    let done = 0;
    const openEntry = promisify(zip.openReadStream.bind(zip) as OpenEntry);
    for (const { entry, target } of chosen) {
      await mkdir(dirname(target), { recursive: true });
      const count = new Transform({
        transform(chunk: Buffer, _encoding, next) {
          done += chunk.length;
          onProgress?.({ step, done, total, unit: 'bytes' });
          next(null, chunk);
        },
      });
      await pipeline(await openEntry(entry), count, createWriteStream(target), signal ? { signal } : {});
      if (isExecutable(entry)) await chmod(target, 0o755);
    }
  } finally {
    zip.close();
  }
}

type OpenEntry = (entry: Entry, callback: (error: Error | null, stream: NodeJS.ReadableStream) => void) => void;

function listEntries(zip: ZipFile, archive: string): Promise<Entry[]> {
  return new Promise((resolveList, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => resolveList(entries));
    zip.on('error', (error) => reject(invalid(archive, error)));
    zip.readEntry();
  });
}

function isExecutable(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
}

function inside(folder: string, name: string, archive: string): string {
  const target = resolve(join(folder, name));
  if (target.startsWith(resolve(folder) + sep)) return target;
  throw invalid(archive, new Error(`${name} would be written outside ${folder}`));
}

function invalid(archive: string, cause: unknown): ReferentError {
  return new ReferentError('ARCHIVE_INVALID', {
    what: `${archive} cannot be unpacked.`,
    why: cause instanceof Error ? cause.message : String(cause),
    fix: 'Delete it and run it again.',
    details: { archive },
    cause,
  });
}
