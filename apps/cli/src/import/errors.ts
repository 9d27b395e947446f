import { ReferentError } from '@referent/core';

/** A setting says one thing, the weights or another file another. `field` is what the user would look up. */
export interface Contradiction {
  readonly field: string;
  readonly says: unknown;
  readonly found: unknown;
}

export function contradictionError(
  file: string,
  contradictions: readonly Contradiction[],
  weights: string,
): ReferentError {
  const all = contradictions.map(({ field, says, found }) => `"${field}" says ${says}, found ${found}`).join('; ');
  return new ReferentError('IMPORT_CONFIG_CONTRADICTS', {
    what: `${file} does not describe ${weights}: ${all}.`,
    fix: 'Give the configuration that belongs to the weights, or another --bert-config.',
    details: { file, weights, contradictions: contradictions.map((it) => ({ ...it })) },
  });
}

export function configError(
  file: string,
  why: string,
  fix: string,
  details: object = {},
  cause?: unknown,
): ReferentError {
  return new ReferentError('IMPORT_BAD_CONFIG', {
    what: `${file} cannot be used.`,
    why,
    fix,
    details: { file, ...details },
    cause,
  });
}
