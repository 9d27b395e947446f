import { ReferentError } from '@referent/core';
import type { SequenceEncoder } from './encode-in-chunks.js';

/** @throws `ENCODER_WINDOW_TOO_SHORT` */
export function assertWindow(transformer: SequenceEncoder, maximumLength: number): void {
  if (maximumLength <= transformer.maximumLength) return;
  throw new ReferentError('ENCODER_WINDOW_TOO_SHORT', {
    what: `Inputs of up to ${maximumLength} tokens are asked for, but the model reads ${transformer.maximumLength}.`,
    fix: `Set maximumLength to ${transformer.maximumLength} or less.`,
    details: { maximumLength, window: transformer.maximumLength },
  });
}
