import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import type { WeightTensor } from '@referent/tensor-ops';
import { readSafetensors, writeSafetensors } from '@referent/transformer';
import type { CheckpointStore, Json } from './checkpoint.js';

export interface FileCheckpointsOptions {
  /** Holds `last/` and `best/`, each with `tensors.safetensors` and `state.json`. It is made where it is missing. */
  readonly folder: string;
}

/**
 * Checkpoints in a folder. A checkpoint is written beside the old one, forced to the disk, and takes its place by
 * renaming: a process that is killed at any time leaves a whole one.
 * @throws `TRAINING_CHECKPOINT_FAILED` it cannot be written; the old one is unharmed
 * @throws `TRAINING_CHECKPOINT_CORRUPT` it cannot be read
 */
export function createFileCheckpoints({ folder }: FileCheckpointsOptions): CheckpointStore {
  return {
    async save(name, { step, tensors, state }) {
      const path = join(folder, name);
      const fresh = `${path}.new`;
      const old = `${path}.old`;
      try {
        await rm(fresh, { recursive: true, force: true });
        await mkdir(fresh, { recursive: true });
        await writeDurably(join(fresh, 'tensors.safetensors'), writeSafetensors(tensors));
        await writeDurably(join(fresh, 'state.json'), `${JSON.stringify({ format: 1, step, state })}\n`);
        await rm(old, { recursive: true, force: true });
        await rename(path, old).catch(ignoreMissing);
        await rename(fresh, path);
        await rm(old, { recursive: true, force: true });
      } catch (cause) {
        throw new ReferentError('TRAINING_CHECKPOINT_FAILED', {
          what: `The checkpoint ${path} could not be written.`,
          ...(cause instanceof Error && { why: `${cause.message}.` }),
          fix: 'Make room on the disk, or check the folder. The checkpoint before it is whole: run again with resume.',
          details: { path, step },
          cause,
        });
      }
    },
    async load(name) {
      const path = join(folder, name);
      // Between the two renamings of `save` only the old one has a name.
      return (await read(path)) ?? (await read(`${path}.old`));
    },
  };
}

async function read(path: string) {
  let json: string;
  try {
    json = await readFile(join(path, 'state.json'), 'utf8');
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
  try {
    const { format, step, state } = JSON.parse(json) as { format: number; step: number; state: Json };
    if (format !== 1) throw new Error(`its format is ${format}; this release reads format 1`);
    const weights = readSafetensors(await readFile(join(path, 'tensors.safetensors')));
    const tensors: Record<string, WeightTensor> = Object.fromEntries(
      weights.names.map((name) => [name, weights.get(name)]),
    );
    return { step, tensors, state };
  } catch (cause) {
    throw new ReferentError('TRAINING_CHECKPOINT_CORRUPT', {
      what: `The checkpoint ${path} cannot be read.`,
      ...(cause instanceof Error && { why: `${cause.message}.` }),
      fix: 'Remove it and begin again.',
      details: { path },
      cause,
    });
  }
}

async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
