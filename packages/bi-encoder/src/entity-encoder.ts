import { assertKnownOptions, type EntityEncoder, type EntityText } from '@referent/core';
import { type EntityLayout, layoutEntity, type Tokenizer } from '@referent/tokenizer';
import { assertWindow } from './assert-window.js';
import { encodeInChunks, type SequenceEncoder } from './encode-in-chunks.js';

/** How entities are read. It belongs to the weights: use what they were trained with. */
export interface EntityEncoderSettings {
  /** @default 'blink' */
  readonly layout?: EntityLayout;
  /**
   * Tokens of an input at most. BLINK trains with 128; a sentence encoder such as all-MiniLM-L6-v2 does well with
   * `separated` and 96.
   * @default 128
   */
  readonly maximumLength?: number;
}

export interface EntityEncoderOptions extends EntityEncoderSettings {
  readonly tokenizer: Tokenizer;
  /** Pooling, projection and normalization are its head's. May be the mention encoder's too: tied towers. */
  readonly transformer: SequenceEncoder;
}

/**
 * The entity tower of a bi-encoder (Wu et al. 2020, section 4.1).
 * @throws `ENCODER_WINDOW_TOO_SHORT`, `LAYOUT_MAXIMUM_LENGTH`, `LAYOUT_UNKNOWN`
 */
export function createEntityEncoder({
  tokenizer,
  transformer,
  layout = 'blink',
  maximumLength = 128,
  ...unknown
}: EntityEncoderOptions): EntityEncoder {
  assertKnownOptions('createEntityEncoder', unknown, ['tokenizer', 'transformer', 'layout', 'maximumLength']);
  const layOut = (entity: EntityText) => layoutEntity(tokenizer, entity, { layout, maximumLength });
  layOut({ title: '', text: '' }); // refuses settings that no entity would fit
  assertWindow(transformer, maximumLength);
  return {
    dimensions: transformer.dimensions,
    encodeEntities: (entities, work) =>
      encodeInChunks(entities, { ...work, transformer, layout: layOut, unit: 'entities' }),
  };
}
