import { basename, resolve } from 'node:path';
import { type AsyncClosing, assertKnownOptions } from '@referent/core';
import { createFolderFiles } from './folder-files.js';
import { type Model, type OpenModelOptions, openModel as openModelFiles, optionNames } from './open-model.js';

export interface OpenModelFolderOptions extends Omit<OpenModelOptions, 'files'> {
  /** Referent's layout (with a `referent-model.json`), or the Hugging Face layout. */
  readonly folder: string;
}

/**
 * Opens a model folder.
 * @throws what `openModel` of `@referent/model` throws
 */
export async function openModel({ folder, ...options }: OpenModelFolderOptions): Promise<Model & AsyncClosing> {
  assertKnownOptions('openModel', options, ['folder', ...optionNames.filter((name) => name !== 'files')]);
  const { name = basename(resolve(folder)) } = options;
  return openModelFiles({ ...options, name, files: createFolderFiles(folder) });
}
