import type { Logger, WorkOptions } from '@referent/core';
import { ReferentError } from '@referent/core';
import type { Io } from './io.js';
import { createProgressReporter, type ProgressReporter } from './progress.js';
import { type Colors, colorsFor } from './terminal.js';

/** Options that every command takes. */
export interface CommonOptions {
  readonly quiet?: boolean;
  readonly cache?: string;
  readonly threads?: number;
}

/** What every command handler works with. */
export interface CommandContext {
  readonly io: Io;
  readonly colors: Colors;
  readonly errorColors: Colors;
  readonly progress: ProgressReporter;
  readonly logger: Logger;
  readonly work: WorkOptions;
}

export function createContext(io: Io, { quiet = false }: CommonOptions): CommandContext {
  const errorColors = colorsFor(io.stderr, io.env);
  const progress = createProgressReporter({ output: io.stderr, colors: errorColors, quiet });
  io.signal.addEventListener('abort', () => progress.note('Stopping ... (Ctrl-C again: at once)'), { once: true });
  return {
    io,
    colors: colorsFor(io.stdout, io.env),
    errorColors,
    progress,
    logger: {
      debug() {},
      info: (message) => progress.note(errorColors.dim(message)),
      warn: (message) => progress.note(`${errorColors.yellow('!')} ${message}`),
    },
    work: { signal: io.signal, onProgress: progress.report },
  };
}

/** The call was wrong: the CLI exits with 2. */
export function usageError(what: string, fix?: string): ReferentError {
  return new ReferentError('USAGE', { what, ...(fix !== undefined && { fix }) });
}
