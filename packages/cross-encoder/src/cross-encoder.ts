import {
  assertKnownOptions,
  type MentionEntityPair,
  type MentionInContext,
  type PairScorer,
  ReferentError,
  type TokenSequence,
} from '@referent/core';
import {
  type EntityLayout,
  layoutEntity,
  layoutMention,
  layoutPair,
  type MentionLayout,
  type PairLayout,
  type Tokenizer,
} from '@referent/tokenizer';
import type { Transformer } from '@referent/transformer';

/** How pairs are read. It belongs to the weights: use what they were trained with. */
export interface CrossEncoderSettings {
  /** @default 'blink' */
  readonly layout?: PairLayout;
  /** @default 'blink' */
  readonly mentionLayout?: MentionLayout;
  /** @default 'blink' */
  readonly entityLayout?: EntityLayout;
  /** Tokens of the mention with its context at most; BLINK's Wikipedia models take 32. @default 128 */
  readonly maximumContextLength?: number;
  /**
   * Tokens of the whole input at most: the context's, and those of the entity without its `[CLS]`.
   * The default leaves the entity 128; BLINK's Wikipedia models take 159.
   * @default 255
   */
  readonly maximumLength?: number;
  /**
   * Tokens of the entity at most, with its `[CLS]`. With more than there is room for, the input is cut and loses its last
   * `[SEP]`: BLINK's models whose `max_seq_length` is below `max_context_length + max_cand_length - 1` were trained so.
   * @default as many as fit
   */
  readonly maximumEntityLength?: number;
}

export interface CrossEncoderOptions extends CrossEncoderSettings {
  readonly tokenizer: Tokenizer;
  /** With a head of one number: a linear layer over the pooler (BLINK) or over `[CLS]`. */
  readonly transformer: Pick<Transformer, 'dimensions' | 'maximumLength' | 'encode'>;
  /** Shown with the scores. @default 'cross-encoder' */
  readonly name?: string;
}

const optionNames = [
  'tokenizer',
  'transformer',
  'layout',
  'mentionLayout',
  'entityLayout',
  'maximumContextLength',
  'maximumLength',
  'maximumEntityLength',
  'name',
];
/** Token ids of this many pairs are held at once. */
const chunkSize = 1024;
/** A title, its marker, `[SEP]`. */
const leastEntityLength = 3;

/**
 * Scores mention and entity by reading them together (Wu et al. 2020, section 4.2). Scores are the head's raw numbers.
 * @throws `CROSS_ENCODER_WRONG_HEAD` the transformer gives vectors, not scores
 * @throws `CROSS_ENCODER_NO_ROOM` the context may fill the whole input
 * @throws `ENCODER_WINDOW_TOO_SHORT`, `LAYOUT_MAXIMUM_LENGTH`, `LAYOUT_UNKNOWN`
 */
export function createCrossEncoder({
  tokenizer,
  transformer,
  layout = 'blink',
  mentionLayout = 'blink',
  entityLayout = 'blink',
  maximumContextLength = 128,
  maximumLength = 255,
  maximumEntityLength = maximumLength - maximumContextLength + 1,
  name = 'cross-encoder',
  ...unknown
}: CrossEncoderOptions): PairScorer {
  assertKnownOptions('createCrossEncoder', unknown, optionNames);
  assertRoom(maximumContextLength, maximumLength);
  const mentionOptions = { layout: mentionLayout, maximumLength: maximumContextLength };
  const entityOptions = { layout: entityLayout, maximumLength: maximumEntityLength };
  const contextOf = (mention: MentionInContext) => layoutMention(tokenizer, mention, mentionOptions);
  const layOut = (context: TokenSequence, entity: MentionEntityPair['entity']) =>
    layoutPair(context, layoutEntity(tokenizer, entity, entityOptions), {
      layout,
      maximumContextLength,
      maximumLength,
    });
  layOut(contextOf({ contextLeft: '', surface: '', contextRight: '' }), { title: '', text: '' }); // refuses bad settings
  assertHead(transformer.dimensions);
  assertWindow(transformer.maximumLength, maximumLength);

  /** A mention comes with many candidates: its context is laid out once. */
  function layOutAll(pairs: readonly MentionEntityPair[]): TokenSequence[] {
    const contexts = new Map<MentionInContext, TokenSequence>();
    return pairs.map(({ mention, entity }) => {
      const context = contexts.get(mention) ?? contextOf(mention);
      contexts.set(mention, context);
      return layOut(context, entity);
    });
  }

  return {
    name,
    async scorePairs(pairs, { signal, onProgress, onTiming } = {}) {
      const scores = new Float32Array(pairs.length);
      signal?.throwIfAborted();
      for (let start = 0; start < pairs.length; start += chunkSize) {
        const before = onTiming ? performance.now() : 0;
        const sequences = layOutAll(pairs.slice(start, start + chunkSize));
        onTiming?.('tokenize', performance.now() - before);
        const { data } = await transformer.encode(sequences, {
          signal,
          onProgress: ({ done }) =>
            onProgress?.({ step: 'score pairs', done: start + done, total: pairs.length, unit: 'pairs' }),
        });
        scores.set(data, start);
        signal?.throwIfAborted();
      }
      return scores;
    },
  };
}

function assertRoom(maximumContextLength: number, maximumLength: number): void {
  if (maximumLength - maximumContextLength >= leastEntityLength) return;
  throw new ReferentError('CROSS_ENCODER_NO_ROOM', {
    what: `A context of up to ${maximumContextLength} tokens in an input of up to ${maximumLength} leaves no room for an entity.`,
    fix: 'Lower maximumContextLength or raise maximumLength: half for each is usual.',
    details: { maximumContextLength, maximumLength },
  });
}

function assertHead(dimensions: number): void {
  if (dimensions === 1) return;
  throw new ReferentError('CROSS_ENCODER_WRONG_HEAD', {
    what: `A cross-encoder needs one number per pair, but the model gives ${dimensions}.`,
    why: 'Its head is that of an encoder, or of a classifier.',
    fix: 'Give the transformer a head with a projection to one dimension, or use the weights of a cross-encoder.',
    details: { dimensions },
  });
}

function assertWindow(window: number, maximumLength: number): void {
  if (maximumLength <= window) return;
  throw new ReferentError('ENCODER_WINDOW_TOO_SHORT', {
    what: `Inputs of up to ${maximumLength} tokens are asked for, but the model reads ${window}.`,
    fix: `Set maximumLength to ${window} or less, and maximumContextLength below it.`,
    details: { maximumLength, window },
  });
}
