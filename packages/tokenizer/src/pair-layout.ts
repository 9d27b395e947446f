import { ReferentError, type TokenSequence } from '@referent/core';
import { assertLayout } from './layout-errors.js';

/**
 * How a mention and an entity become one input of a cross-encoder:
 * - `blink`: the entity's positions start at `maximumContextLength`, whatever the length of the context. BLINK pads the
 *   context up to there; without the padding, but with its positions, the scores are the same and the work is less.
 * - `compact`: positions count on without a gap.
 */
export type PairLayout = 'blink' | 'compact';

export interface PairLayoutOptions {
  /** @default 'blink' */
  readonly layout?: PairLayout;
  /** Tokens at most of the context: where the entity's positions start in the layout `blink`. @default 128 */
  readonly maximumContextLength?: number;
  /** Positions at most. An entity that reaches beyond is cut at its end, its `[SEP]` too, as BLINK does it. @default all */
  readonly maximumLength?: number;
}
const layouts: readonly PairLayout[] = ['blink', 'compact'];

/**
 * Puts an entity behind a mention in its context: the entity loses its `[CLS]`, and is segment 1.
 * Both come from `layoutMention` and `layoutEntity`.
 * @throws `LAYOUT_CONTEXT_TOO_LONG` the context is longer than `maximumContextLength`
 * @throws `LAYOUT_UNKNOWN`
 */
export function layoutPair(
  context: TokenSequence,
  entity: TokenSequence,
  { layout = 'blink', maximumContextLength = 128, maximumLength = Number.POSITIVE_INFINITY }: PairLayoutOptions = {},
): TokenSequence {
  assertLayout(layout, layouts);
  const contextLength = context.ids.length;
  if (contextLength > maximumContextLength) {
    throw new ReferentError('LAYOUT_CONTEXT_TOO_LONG', {
      what: `A context of ${contextLength} tokens does not fit into maximumContextLength ${maximumContextLength}.`,
      fix: 'Lay the mention out with the same number as its maximumLength.',
      details: { contextLength, maximumContextLength },
    });
  }
  const gap = layout === 'blink' ? maximumContextLength - contextLength : 0;
  // The context stands before the gap: a gap that reaches beyond the last position costs the entity alone.
  const room = Math.max(Math.min(contextLength, maximumLength), maximumLength - gap);
  const length = Math.min(contextLength + entity.ids.length - 1, room);
  const segments = new Array<number>(length);
  const positions = new Array<number>(length);
  for (let i = 0; i < length; i++) {
    const isEntity = i >= contextLength;
    segments[i] = isEntity ? 1 : 0;
    positions[i] = isEntity ? i + gap : i;
  }
  return { ids: [...context.ids, ...entity.ids.slice(1)].slice(0, length), segments, positions };
}
