import { readFile } from 'node:fs/promises';
import { ReferentError } from '@referent/core';
import { configError } from './errors.js';

export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ReferentError('IMPORT_FILE_UNREADABLE', {
      what: `${path} cannot be read.`,
      why: `${(cause as Error).message}.`,
      fix: 'Check the path and its permissions.',
      details: { file: path },
      cause,
    });
  }
}

/** @throws `IMPORT_FILE_UNREADABLE`, `IMPORT_BAD_CONFIG` it is no JSON object */
export async function readJsonObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readTextFile(path);
  const fix = text.trimStart().startsWith("{'")
    ? "This is how Python prints a dict, as BLINK's training_params.txt: write it as JSON."
    : 'Give a file with one JSON object.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw configError(path, `It is not JSON: ${(cause as Error).message.slice(0, 160)}.`, fix, {}, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw configError(path, 'It is not a JSON object.', fix);
}
