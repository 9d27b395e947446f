import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelManifest } from '@referent/model';
import { readSafetensors, type StoredFormat, writeSafetensors } from '@referent/transformer';
import { findModel, type ModelOptions } from '../assemble/model.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { formatBytes } from '../terminal.js';

export interface PackOptions extends ModelOptions {
  readonly model: string;
  readonly out: string;
  readonly name?: string;
  readonly matrices: StoredFormat;
  readonly embeddings: StoredFormat;
}

/**
 * Writes a model folder for publishing: the same encoders with their weights in fewer bytes, and one table of word
 * embeddings where the re-ranker was trained with it frozen.
 */
export async function pack(context: CommandContext, options: PackOptions): Promise<number> {
  const { folder } = await findModel(context, options);
  const out = resolve(context.io.cwd, options.out);
  if (out === folder) throw usageError('--out is the model itself.', 'Choose another folder.');
  const manifest = JSON.parse(await readFile(join(folder, 'referent-model.json'), 'utf8')) as ModelManifest;
  const folders = weightsFoldersOf(manifest);
  await mkdir(out, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(folder, name), join(out, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || name === 'tokenizer.json') throw error;
    });
  }
  const read = async (name: string) => readSafetensors(await readFile(join(folder, name, 'model.safetensors')));
  const shared = folders.includes('.') ? await read('.') : undefined;
  for (const name of folders) {
    const weights = await read(name);
    const own = weights.names.filter((it) => {
      if (name === '.' || !isEmbedding(it) || !shared?.has(it)) return true;
      return !sameNumbers(weights.get(it).data, shared.get(it).data);
    });
    // A table is shared whole or not at all: half of it would be taken for the other's.
    const kept = own.some(isEmbedding) ? weights.names : own;
    const bytes = writeSafetensors(Object.fromEntries(kept.map((it) => [it, weights.get(it)])), {
      format: (it, { shape }) =>
        shape.length < 2 ? 'float32' : isEmbedding(it) ? options.embeddings : options.matrices,
    });
    await mkdir(join(out, name), { recursive: true });
    await writeFile(join(out, name, 'model.safetensors'), bytes);
    await copyFile(join(folder, name, 'config.json'), join(out, name, 'config.json'));
    context.logger.info(`${join(name, 'model.safetensors')}: ${formatBytes(bytes.length)}`);
  }
  const named = { ...manifest, name: options.name ?? manifest.name };
  await writeFile(join(out, 'referent-model.json'), `${JSON.stringify(named, null, 2)}\n`);
  await write(context.io.stdout, `${options.out}\n`);
  return 0;
}

function weightsFoldersOf({ entityEncoder, mentionEncoders, crossEncoder }: ModelManifest): string[] {
  const encoders = [entityEncoder, mentionEncoders.name, mentionEncoders.topic, crossEncoder];
  return [...new Set(encoders.flatMap((it) => (it ? [it.weights ?? '.'] : [])))].sort();
}

function isEmbedding(name: string): boolean {
  return name.replace(/^bert\./, '').startsWith('embeddings.');
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
