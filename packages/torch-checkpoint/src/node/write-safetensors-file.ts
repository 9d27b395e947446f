import { open, rename, rm } from 'node:fs/promises';
import { safetensorsChunks } from '../safetensors.js';
import type { SafetensorsPlanOptions, TorchCheckpoint } from '../types.js';

/**
 * Converts a checkpoint to a safetensors file, a few MiB at a time. The file appears under its name when it is whole; one
 * that was there is replaced.
 * @throws `TORCH_DUPLICATE_NAME` two tensors get one name
 */
export async function writeSafetensorsFile(
  path: string,
  checkpoint: TorchCheckpoint,
  options: SafetensorsPlanOptions = {},
): Promise<void> {
  const partial = `${path}.partial`;
  const handle = await open(partial, 'w');
  try {
    for await (const piece of safetensorsChunks(checkpoint, options)) await handle.writeFile(piece);
    await handle.sync();
    await handle.close();
    await rename(partial, path);
  } catch (error) {
    await handle.close();
    await rm(partial, { force: true });
    throw error;
  }
}
