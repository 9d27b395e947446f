import { isReferentError, ReferentError } from '@referent/core';
import {
  joinPath,
  type ModelFiles,
  missingFile,
  parseJson,
  placeOf,
  type ReadModelFileOptions,
  webSha256,
} from './files.js';

/** Reads each file of a model once, and knows what all that was read hashes to. */
export interface FileReader {
  read(name: string): Promise<Uint8Array>;
  /** Undefined where there is no such file. */
  readJson(name: string): Promise<object>;
  readOptionalJson(name: string): Promise<object | undefined>;
  /** Lets go of the bytes of a file, and keeps its hash. */
  release(name: string): void;
  /** SHA-256 of a file that was read. */
  hashOf(name: string): string;
  /** SHA-256 over all files that were read, and `settings`. */
  hash(settings: string): Promise<string>;
  /** Lets go of the bytes: the engine has its own copy by now. */
  forget(): void;
}

export function createFileReader(files: ModelFiles, options: ReadModelFileOptions): FileReader {
  const sha256 = (bytes: Uint8Array) => files.sha256?.(bytes) ?? webSha256(bytes);
  const read = new Map<string, { readonly bytes?: Uint8Array; readonly hash: string }>();
  const fileOf = (name: string) => read.get(joinPath(name))!;

  async function readOptional(given: string): Promise<Uint8Array | undefined> {
    const name = joinPath(given);
    const known = read.get(name);
    if (known?.bytes) return known.bytes;
    const bytes = await files.read(name, options);
    if (bytes) read.set(name, { bytes, hash: await sha256(bytes) });
    return bytes;
  }

  const reader: FileReader = {
    async read(name) {
      const bytes = await readOptional(name);
      if (!bytes) throw missingFile(files, joinPath(name), 'There is no such file.');
      return bytes;
    },
    readJson: async (name) => parseJson(await reader.read(name), placeOf(files, joinPath(name))) as object,
    async readOptionalJson(name) {
      const bytes = await readOptional(name);
      return bytes && (parseJson(bytes, placeOf(files, joinPath(name))) as object);
    },
    release: (name) => read.set(joinPath(name), { hash: fileOf(name).hash }),
    hashOf: (name) => fileOf(name).hash,
    hash(settings) {
      const parts = [...read.keys()].sort().map((name) => `\n${name} ${fileOf(name).hash}`);
      return sha256(new TextEncoder().encode(settings + parts.join('')));
    },
    forget: () => read.clear(),
  };
  return reader;
}

/** Says of which file the weights are. */
export async function inWeightsFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isReferentError(error) || !error.code.startsWith('WEIGHTS_')) throw error;
    const { code, what, why, fix, details } = error;
    throw new ReferentError(code, {
      what: `${file}: ${what}`,
      ...(why !== undefined && { why }),
      ...(fix !== undefined && { fix }),
      details: { ...details, file },
      cause: error,
    });
  }
}
