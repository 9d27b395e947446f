import { assertKnownOptions, type MentionEncoder, type MentionInContext } from '@referent/core';
import { layoutMention, type MentionLayout, type Tokenizer } from '@referent/tokenizer';
import { assertWindow } from './assert-window.js';
import { encodeInChunks, type SequenceEncoder } from './encode-in-chunks.js';

/** How mentions are read. It belongs to the weights: use what they were trained with. */
export interface MentionEncoderSettings {
  /** @default 'blink' */
  readonly layout?: MentionLayout;
  /**
   * Tokens of an input at most. BLINK trains with 128 (its Wikipedia models with 32); a sentence encoder such as
   * all-MiniLM-L6-v2 does well with `sentence` and 64.
   * @default 128
   */
  readonly maximumLength?: number;
}

export interface MentionEncoderOptions extends MentionEncoderSettings {
  readonly tokenizer: Tokenizer;
  /** Pooling, projection and normalization are its head's. May be the entity encoder's too: tied towers. */
  readonly transformer: SequenceEncoder;
}

/**
 * The mention tower of a bi-encoder (Wu et al. 2020, section 4.1).
 * @throws `ENCODER_WINDOW_TOO_SHORT`, `LAYOUT_MAXIMUM_LENGTH`, `LAYOUT_UNKNOWN`
 */
export function createMentionEncoder({
  tokenizer,
  transformer,
  layout = 'blink',
  maximumLength = 128,
  ...unknown
}: MentionEncoderOptions): MentionEncoder {
  assertKnownOptions('createMentionEncoder', unknown, ['tokenizer', 'transformer', 'layout', 'maximumLength']);
  const layOut = (mention: MentionInContext) => layoutMention(tokenizer, mention, { layout, maximumLength });
  layOut({ contextLeft: '', surface: '', contextRight: '' }); // refuses settings that no mention would fit
  assertWindow(transformer, maximumLength);
  return {
    dimensions: transformer.dimensions,
    encodeMentions: (mentions, work) =>
      encodeInChunks(mentions, { ...work, transformer, layout: layOut, unit: 'mentions' }),
  };
}
