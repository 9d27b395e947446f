const marker = Symbol.for('referent.error');

export interface ReferentErrorOptions {
  /** What happened, in one sentence. */
  readonly what: string;
  /** Why it happened, where that is known. */
  readonly why?: string;
  /** What the reader can do about it. */
  readonly fix?: string;
  /** Facts for programs: file, line, expected, found. Plain data. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Every error that Referent throws on purpose. Switch on `code`, never on the message or the class:
 * `isReferentError` also knows the errors of another installed copy of this package.
 */
export class ReferentError extends Error {
  /** Stable, in capitals: `INDEX_DUPLICATE_KEY`. */
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  readonly fix?: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, { what, why, fix, details, cause }: ReferentErrorOptions) {
    super([what, why, fix].filter(Boolean).join(' '), cause === undefined ? undefined : { cause });
    this.name = 'ReferentError';
    this.code = code;
    this.what = what;
    if (why !== undefined) this.why = why;
    if (fix !== undefined) this.fix = fix;
    this.details = details ?? {};
    Object.defineProperty(this, marker, { value: true });
  }
}

export function isReferentError(error: unknown, code?: string): error is ReferentError {
  if (!(error instanceof Error) || !(marker in error)) return false;
  return code === undefined || (error as Partial<ReferentError>).code === code;
}
