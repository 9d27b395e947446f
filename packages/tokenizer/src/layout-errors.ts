import { ReferentError } from '@referent/core';

/** @throws `LAYOUT_UNKNOWN`: settings also come from files. */
export function assertLayout(layout: string, known: readonly string[]): void {
  if (known.includes(layout)) return;
  throw new ReferentError('LAYOUT_UNKNOWN', {
    what: `There is no layout "${layout}" here.`,
    fix: `Use one of: ${known.join(', ')}.`,
    details: { layout, known },
  });
}

/** @throws `LAYOUT_MAXIMUM_LENGTH` */
export function assertMaximumLength(layout: string, maximumLength: number, minimum: number): void {
  if (Number.isInteger(maximumLength) && maximumLength >= minimum) return;
  throw new ReferentError('LAYOUT_MAXIMUM_LENGTH', {
    what: `The layout ${layout} needs a maximumLength of at least ${minimum} tokens, got ${maximumLength}.`,
    why: 'Its special tokens and one token of text must fit.',
    fix: 'Give a larger whole number: 32 to 128 are usual.',
    details: { layout, minimum, maximumLength },
  });
}
