import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type TextLine, textLines } from '@referent/benchmark-formats';
import { ReferentError } from '@referent/core';
import type { Io } from './io.js';

/** A file (gzipped or not) or standard input that is there and may be read. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** Decoded, without a byte order mark. Can be read once. */
  readonly chunks: AsyncIterable<string>;
}

/**
 * Opens an input at once, so that a wrong path is known before anything slow begins.
 * @throws `INPUT_UNREADABLE`, also while reading
 */
export async function openInput(path: string, io: Io): Promise<Input> {
  if (path === '-') return { name: 'standard input', chunks: decode(io.stdin, 'standard input') };
  try {
    const file = await open(resolve(io.cwd, path));
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw Object.assign(new Error('It is a folder'), { code: 'EISDIR' });
    }
    return { name: path, chunks: decode(unzipped(file.createReadStream(), path), path) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unzipped(file: Readable, path: string): Readable {
  if (!path.endsWith('.gz')) return file;
  const text = createGunzip();
  file.on('error', (error) => text.destroy(error));
  text.on('close', () => file.destroy());
  return file.pipe(text);
}

async function* decode(stream: Readable, name: string): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      if (chunk === '') continue; // half a character
      yield isFirst ? chunk.replace(/^\uFEFF/, '') : chunk;
      isFirst = false;
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

export function linesOf({ chunks }: Pick<Input, 'chunks'>): AsyncGenerator<TextLine> {
  return textLines(chunks);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'It is a folder; a file is needed.',
  EACCES: 'You may not read it.',
  Z_BUF_ERROR: 'The gzip data is cut off.',
  Z_DATA_ERROR: 'The gzip data is damaged.',
};

function unreadable(name: string, cause: unknown): ReferentError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new ReferentError('INPUT_UNREADABLE', {
    what: `${name} cannot be read.`,
    why: reasons[code] ?? `${message}.`,
    fix: 'Check the path and the file.',
    details: { input: name, code },
    cause,
  });
}
