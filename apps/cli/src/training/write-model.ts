import { copyFile, cp, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import type { ModelManifest } from '@referent/model';
import type { Tower } from '@referent/training';
import { writeSafetensors } from '@referent/transformer';
import type { StartModel } from './start-model.js';

export interface EncoderToWrite {
  /** Folder in the model: "." or a name. */
  readonly weights: string;
  readonly tower: Tower;
  readonly start: StartModel;
}

export interface WriteModelOptions {
  /** Takes the place of what is there, `keep` aside. */
  readonly folder: string;
  /** Its tokenizer goes with the model. */
  readonly start: StartModel;
  readonly manifest: ModelManifest;
  readonly encoders: readonly EncoderToWrite[];
  /** Folders of another model that are taken over as they are. */
  readonly from?: { readonly folder: string; readonly names: readonly string[] };
}

/**
 * Writes a model folder. Weights first, the manifest last: a folder with a manifest is whole.
 * @throws `MODEL_WRITE_FAILED`
 */
export async function writeModel({ folder, start, manifest, encoders, from }: WriteModelOptions): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await rm(join(folder, 'referent-model.json'), { force: true });
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
      await copyFile(join(start.folder, name), join(folder, name)).catch(ignoreMissing);
    }
    for (const name of from?.names ?? []) {
      await cp(join(from!.folder, name), join(folder, name), { recursive: true });
    }
    for (const { weights, tower, start: own } of encoders) {
      await mkdir(join(folder, weights), { recursive: true });
      await writeFile(join(folder, weights, 'config.json'), own.configJson);
      await writeWhole(join(folder, weights, 'model.safetensors'), writeSafetensors(await tower.weights()));
    }
    await writeWhole(join(folder, 'referent-model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  } catch (cause) {
    throw new ReferentError('MODEL_WRITE_FAILED', {
      what: `The model could not be written to ${folder}.`,
      ...(cause instanceof Error && { why: `${cause.message}.` }),
      fix: 'Make room, then run the same command with --resume: the training is kept, only the model is written again.',
      details: { folder },
      cause,
    });
  }
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
