import { type Entity, type MentionInContext, normalizeName, ReferentError, type TokenSequence } from '@referent/core';
import { layoutMention, type MentionLayout, type Tokenizer } from '@referent/tokenizer';
import type { Random } from './random.js';

/** How often a mention is changed before it is read, so that the model learns more than to compare strings. */
export interface Augmentation {
  /** The mention's tokens become one mask token, wherever they stand. @default 0 */
  readonly maskMention?: number;
  /** In the layout `mention-first`, the mention in front is left out (which is the layout `blink`). @default 0 */
  readonly dropPrefix?: number;
  /** Nothing says which words are the mention (the layout `sentence`): trains the view of a mention's topic. @default 0 */
  readonly unmarked?: number;
  /** The mention is replaced by another of the entity's names. @default 0 */
  readonly alias?: number;
}

export interface MentionInputOptions {
  readonly tokenizer: Tokenizer;
  readonly layout: MentionLayout;
  readonly maximumLength: number;
  /** Probabilities from 0 to 1. @default none */
  readonly augmentation?: Augmentation;
  /** Id of [MASK]. Needed where mentions are masked. */
  readonly maskId?: number;
}

export type MentionInputs = (mention: MentionInContext, gold: Entity, random: Random) => TokenSequence;

/** @throws `TRAINING_CANNOT_MASK` mentions are to be masked in a layout that does not mark them, or without `maskId` */
export function createMentionInputs({
  tokenizer,
  layout,
  maximumLength,
  augmentation: { maskMention = 0, dropPrefix = 0, unmarked = 0, alias = 0 } = {},
  maskId,
}: MentionInputOptions): MentionInputs {
  const marksMentions = layout === 'blink' || layout === 'mention-first';
  if (maskMention > 0 && (!marksMentions || maskId === undefined)) {
    throw new ReferentError('TRAINING_CANNOT_MASK', {
      what: 'Mentions cannot be masked.',
      why: marksMentions
        ? 'The id of the mask token is not known.'
        : `The layout ${layout} does not mark where they stand.`,
      fix: marksMentions ? 'Give maskId.' : 'Use the layout blink or mention-first, or set maskMention to 0.',
      details: { layout, maskId },
    });
  }
  return (mention, gold, random) => {
    // Every choice is drawn whether it is used or not: settings do not shift each other's random numbers.
    const [useAlias, dropPrefixNow, maskNow] = [alias, dropPrefix, maskMention].map((rate) => random.next() < rate);
    const unmarkedNow = random.fork('unmarked').next() < unmarked;
    const surface = useAlias ? anotherName(mention.surface, gold, random) : mention.surface;
    const marked = layout === 'mention-first' && dropPrefixNow ? 'blink' : layout;
    const chosen = unmarkedNow ? 'sentence' : marked;
    const input = layoutMention(tokenizer, { ...mention, surface }, { layout: chosen, maximumLength });
    return maskNow && !unmarkedNow ? { ids: masked(tokenizer, input.ids, chosen, maskId!) } : input;
  };
}

function anotherName(surface: string, { title, aliases = [] }: Entity, random: Random): string {
  const own = normalizeName(surface);
  const others = [title, ...aliases].filter((name) => normalizeName(name) !== own);
  return others[random.integer(others.length)] ?? surface;
}

function masked({ markers, special }: Tokenizer, ids: readonly number[], layout: MentionLayout, maskId: number) {
  const start = ids.indexOf(markers.mentionStart);
  const end = ids.indexOf(markers.mentionEnd);
  const before = ids.slice(0, start);
  // [CLS] mention [SEP] left: the mention in front goes too.
  const prefix =
    layout === 'mention-first' ? [special.cls, maskId, ...before.slice(before.indexOf(special.sep))] : before;
  return [...prefix, markers.mentionStart, maskId, ...ids.slice(end)];
}
