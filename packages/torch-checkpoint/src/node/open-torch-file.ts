import { type FileHandle, open } from 'node:fs/promises';
import { type AsyncClosing, asyncClosing, ReferentError } from '@referent/core';
import { openTorchCheckpoint } from '../checkpoint.js';
import type { ByteSource, OpenTorchOptions, TorchCheckpoint } from '../types.js';

/** An open file. Close it when done. */
export interface TorchFile extends TorchCheckpoint {
  close(): Promise<void>;
}

/**
 * Opens a file that torch.save wrote, and reads no more than its structure.
 * @throws `TORCH_FILE_UNREADABLE` there is no such file, or it may not be read
 * @throws what `openTorchCheckpoint` throws
 */
export async function openTorchFile(path: string, options: OpenTorchOptions = {}): Promise<TorchFile & AsyncClosing> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const checkpoint = await openTorchCheckpoint(await fileSource(path, handle), options);
    return asyncClosing<TorchFile>({ ...checkpoint, close: () => handle.close() });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function fileSource(path: string, handle: FileHandle): Promise<ByteSource> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw unreadable(path, new Error('it is not a file'));
  return {
    size: stat.size,
    name: path,
    async read(offset, length) {
      // Not from Node's pool: the numbers have to begin at an address that is a multiple of their width.
      const bytes = new Uint8Array(new ArrayBuffer(length));
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
  };
}

function unreadable(path: string, cause: unknown): ReferentError {
  return new ReferentError('TORCH_FILE_UNREADABLE', {
    what: `${path} cannot be read.`,
    why: `${cause instanceof Error ? cause.message : cause}.`,
    fix: 'Check the path and its permissions.',
    details: { path },
    cause,
  });
}
