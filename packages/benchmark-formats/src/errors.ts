import { ReferentError } from '@referent/core';

/** Stable codes of what this package throws. */
export type BenchmarkErrorCode =
  | 'MENTIONS_INVALID_LINE'
  | 'MENTIONS_UNKNOWN_FORMAT'
  | 'MENTIONS_NO_DOCUMENTS'
  | 'MENTIONS_UNKNOWN_DOCUMENT'
  | 'MENTIONS_UNKNOWN_LABEL'
  | 'MENTIONS_SPAN_OUTSIDE_TEXT'
  | 'MENTIONS_TEXT_MISMATCH'
  | 'ZESHEL_NO_WORLD'
  | 'ZESHEL_INVALID_DOCUMENT'
  | 'BLINK_COMPAT';

/** Where in a file something is. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface PlaceProblem {
  readonly why?: string;
  readonly fix: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export function atPlace(
  code: BenchmarkErrorCode,
  { file, line }: Place,
  reason: string,
  { details, ...rest }: PlaceProblem,
): ReferentError {
  return new ReferentError(code, {
    what: `${file}, line ${line}: ${reason}.`,
    ...rest,
    details: { file, line, ...details },
  });
}
