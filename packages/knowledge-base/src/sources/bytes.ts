import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { knowledgeBaseError } from '../errors.js';

export interface FileBytes {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file read so far, as stored. */
  bytesRead(): number;
}

const chunkBytes = 1024 * 1024;

/** Streams a file, unpacked if it is gzip, which its first bytes tell. */
export async function readBytes(path: string): Promise<FileBytes> {
  const head = await readHead(path, 2);
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const bytesRead = () => file.bytesRead;
  if (!isGzip(head)) return { chunks: guarded(file, path), bytesRead };
  const unpacked = createGunzip({ chunkSize: chunkBytes });
  pipeline(file, unpacked, () => {}); // the reader of `unpacked` gets the error
  return { chunks: guarded(unpacked, path), bytesRead };
}

/** The first bytes of a file, unpacked if it is gzip; fewer if it is shorter. */
export async function readUnpackedHead(path: string, length: number): Promise<Buffer> {
  const { chunks } = await readBytes(path);
  const parts: Buffer[] = [];
  let found = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    found += chunk.length;
    if (found >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function readHead(path: string, length: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* guarded(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): Error {
  const { code = '', message } = error as { code?: string; message: string };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return knowledgeBaseError('KB_SOURCE_NOT_FOUND', {
      what: `There is no file ${path}.`,
      fix: 'Check the path of the entities.',
      details: { file: path },
      cause: error,
    });
  }
  return knowledgeBaseError('KB_SOURCE_BROKEN', {
    what: `${path} cannot be read to its end.`,
    why: code.startsWith('Z_') ? `The gzip data is damaged or cut off (${message}).` : `${message}.`,
    fix: 'Fetch or write the file again, then run the same command.',
    details: { file: path },
    cause: error,
  });
}
