import { open, rename, rm } from 'node:fs/promises';
import { ReferentError } from '@referent/core';
import { safetensorsChunks } from '../safetensors.js';
import type { SafetensorsPlanOptions, TorchCheckpoint } from '../types.js';

/**
 * Converts a checkpoint to a safetensors file, a few MiB at a time. The file appears under its name when it is whole; one
 * that was there is replaced.
 * @throws `TORCH_DUPLICATE_NAME` two tensors get one name
 * @throws `TORCH_FILE_UNWRITABLE` the folder does not exist, the disk is full
 */
export async function writeSafetensorsFile(
  path: string,
  checkpoint: TorchCheckpoint,
  options: SafetensorsPlanOptions = {},
): Promise<void> {
  const written = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
  const partial = `${path}.partial`;
  const handle = await written(open(partial, 'w'));
  try {
    for await (const piece of safetensorsChunks(checkpoint, options)) await written(handle.writeFile(piece));
    await written(handle.sync());
    await written(handle.close());
    await written(rename(partial, path));
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
}

function unwritable(path: string, cause: unknown): ReferentError {
  return new ReferentError('TORCH_FILE_UNWRITABLE', {
    what: `${path} cannot be written.`,
    why: `${cause instanceof Error ? cause.message : cause}.`,
    fix: 'Check that its folder exists, its permissions, and the space on the disk.',
    details: { path },
    cause,
  });
}
