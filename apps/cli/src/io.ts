import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { ReferentError } from '@referent/core';

/** A place to write for people or programs; a terminal says so and knows its width. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** All that a command knows of the world outside: tests hand in their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Data only. */
  readonly stdout: Output;
  /** Everything else. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Writes and waits while the reader is slow, so that memory stays bounded. */
export async function write(output: Output, text: string): Promise<void> {
  if (output.destroyed) throw outputClosed();
  if (output.write(text)) return;
  const reader = new AbortController();
  const { signal } = reader;
  try {
    await Promise.race([
      once(output, 'drain', { signal }),
      once(output, 'close', { signal }).then(() => Promise.reject(outputClosed())),
    ]);
  } finally {
    reader.abort();
  }
}

function outputClosed(): ReferentError {
  return new ReferentError('OUTPUT_CLOSED', { what: 'The reader of the output went away.' });
}

/** What an error of standard output means: a reader like `head` may close the pipe, and that is no failure of ours. */
export function outputError(error: NodeJS.ErrnoException): ReferentError {
  if (error.code === 'EPIPE') return outputClosed();
  return new ReferentError('OUTPUT_FAILED', {
    what: 'The output cannot be written.',
    why: error.code === 'ENOSPC' ? 'There is no room left.' : `${error.message}.`,
    fix: 'Free some space or write elsewhere, then run the same command again.',
    cause: error,
  });
}
