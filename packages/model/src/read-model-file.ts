import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isReferentError, ReferentError } from '@referent/core';

export async function readModelFile(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw missing(folder, name, cause);
  }
}

/** Undefined where the file does not exist. */
export async function readOptionalModelFile(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw missing(folder, name, cause);
  }
}

/** @throws `MODEL_INVALID_JSON` */
export function parseJson(bytes: Buffer, folder: string, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ReferentError('MODEL_INVALID_JSON', {
      what: `${join(folder, name)} is no JSON.`,
      why: cause instanceof Error ? `${cause.message}.` : String(cause),
      fix: 'Fetch the model again.',
      details: { file: join(folder, name) },
      cause,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  ENOTDIR: 'It is a file; a folder is needed.',
  EACCES: 'You may not read it.',
};

function missing(folder: string, name: string, cause: unknown): ReferentError {
  const { code } = cause as NodeJS.ErrnoException;
  return new ReferentError('MODEL_MISSING_FILE', {
    what: `The model folder ${folder} has no readable ${name}.`,
    why: (code && reasons[code]) ?? `The system said ${code}.`,
    fix: 'Give a folder in the Hugging Face layout: config.json, tokenizer.json, model.safetensors.',
    details: { folder, file: name, code },
    cause,
  });
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
