import { isReferentError } from '@referent/core';
import type { Io } from './io.js';
import { colorsFor } from './terminal.js';

/** Libraries do not know what their settings are called here. */
const optionFor: Readonly<Record<string, string>> = {
  KB_EXISTS: 'Choose another --out, use `referent add`, or replace it with --replace.',
  KB_OTHER_BUILD: 'Repeat that call to finish it, or begin anew with --replace.',
  KB_BAD_ENTITY:
    'Use --on-error skip to skip such records and count them; or correct the file and begin anew with --replace.',
  KB_SOURCE_FORMAT:
    'Say what it is: --entities-format jsonl|csv|tsv|zeshel|wordnet, and for CSV and TSV --columns id=...,title=...,text=...',
  KB_WRONG_MODEL: 'Leave --model out to use the model that it was built with, or build it again with this one.',
};

/** Tells a person what went wrong and returns the exit code. */
export function reportFailure(error: unknown, io: Io): number {
  const colors = colorsFor(io.stderr, io.env);
  const say = (line: string) => io.stderr.write(`${line}\n`);
  if (io.signal.aborted) {
    say(isReferentError(error, 'STOPPED') ? error.what : 'Stopped.');
    return 130;
  }
  if (isReferentError(error, 'OUTPUT_CLOSED')) return 0;
  if (isReferentError(error)) {
    say(`${colors.red('error')} ${error.what}`);
    if (error.why) say(`  why: ${error.why}`);
    const fix = optionFor[error.code] ?? error.fix;
    if (fix) say(`  fix: ${fix}`);
    say(colors.dim(`  (${error.code})`));
    return error.code === 'USAGE' ? 2 : 1;
  }
  say(
    `${colors.red('error')} This is a mistake in Referent, not yours. Please report it with the lines below and the command you ran.`,
  );
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}
