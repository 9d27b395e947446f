import type { MentionInContext, TokenSequence } from '@referent/core';
import { assertLayout, assertMaximumLength } from './layout-errors.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * How a mention and its context become one input:
 * - `blink`: `[CLS] left [unused0] mention [unused1] right [SEP]`, as BLINK's mention encoder was trained
 * - `sentence`: `[CLS] left mention right [SEP]`, for encoders that were trained on plain text
 * - `mention-only`: `[CLS] mention [SEP]`
 * - `mention-first`: `[CLS] mention [SEP] left [unused0] mention [unused1] right [SEP]`
 */
export type MentionLayout = 'blink' | 'sentence' | 'mention-only' | 'mention-first';

export interface MentionLayoutOptions {
  /** @default 'blink' */
  readonly layout?: MentionLayout;
  /** Tokens at most, with the special ones. @default 128 */
  readonly maximumLength?: number;
}

/** Special and marker tokens of each layout, and how often it holds the mention. */
const shapes: Record<MentionLayout, { readonly fixed: number; readonly mentions: number }> = {
  blink: { fixed: 4, mentions: 1 },
  sentence: { fixed: 2, mentions: 1 },
  'mention-only': { fixed: 2, mentions: 1 },
  'mention-first': { fixed: 5, mentions: 2 },
};
const layouts = Object.keys(shapes);

/**
 * Lays out a mention with as much of its context as fits, evenly from both sides; what one side does not need goes to
 * the other. A mention longer than the window is cut at its end, so that special tokens and markers always stand.
 * @throws `LAYOUT_MAXIMUM_LENGTH` no room for one token of the mention
 * @throws `LAYOUT_UNKNOWN`
 */
export function layoutMention(
  tokenizer: Tokenizer,
  { contextLeft, surface, contextRight }: MentionInContext,
  { layout = 'blink', maximumLength = 128 }: MentionLayoutOptions = {},
): TokenSequence {
  assertLayout(layout, layouts);
  const { fixed, mentions } = shapes[layout];
  assertMaximumLength(layout, maximumLength, fixed + mentions);
  const { special, markers } = tokenizer;
  const mention = tokenizer.encode(surface, { limit: Math.floor((maximumLength - fixed) / mentions) });
  if (layout === 'mention-only') return { ids: [special.cls, ...mention, special.sep] };

  const room = maximumLength - fixed - mentions * mention.length;
  const left = tokenizer.encode(contextLeft, { limit: room, keep: 'last' });
  const right = tokenizer.encode(contextRight, { limit: room });
  const [leftCount, rightCount] = share(room, left.length, right.length);
  const marked = layout === 'sentence' ? mention : [markers.mentionStart, ...mention, markers.mentionEnd];
  return {
    ids: [
      special.cls,
      ...(layout === 'mention-first' ? [...mention, special.sep] : []),
      ...left.slice(left.length - leftCount),
      ...marked,
      ...right.slice(0, rightCount),
      special.sep,
    ],
  };
}

/** Half of the room for each side (the odd token for the right), and the spare room of one side for the other. */
function share(room: number, left: number, right: number): [left: number, right: number] {
  const half = Math.floor(room / 2);
  const leftCount = Math.min(left, Math.max(half, room - right));
  return [leftCount, Math.min(right, room - leftCount)];
}
