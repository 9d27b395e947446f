import { isReferentError } from '@referent/core';
import type { Io } from './io.js';
import { colorsFor } from './terminal.js';

/** Tells a person what went wrong and returns the exit code. */
export function reportFailure(error: unknown, io: Io): number {
  const colors = colorsFor(io.stderr, io.env);
  const say = (line: string) => io.stderr.write(`${line}\n`);
  if (io.signal.aborted) {
    say('Stopped. The same command goes on from here.');
    return 130;
  }
  if (isReferentError(error, 'OUTPUT_CLOSED')) return 0;
  if (isReferentError(error)) {
    say(`${colors.red('error')} ${error.what}`);
    if (error.why) say(`  why: ${error.why}`);
    if (error.fix) say(`  fix: ${error.fix}`);
    say(colors.dim(`  (${error.code})`));
    return error.code === 'USAGE' ? 2 : 1;
  }
  say(
    `${colors.red('error')} This is a mistake in Referent, not yours. Please report it with the lines below and the command you ran.`,
  );
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}
