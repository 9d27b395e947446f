import type { EntityText } from '@referent/core';

/** Characters of an entity's text that BLINK's Zeshel evaluation reads (blink/biencoder/zeshel_utils.py). */
export const candidateCharacters = 256;

/**
 * What BLINK's Zeshel evaluation reads of an entity: the first 256 characters of its text, code points as Python counts
 * them, and no title. Its token ids are those of the layout `separated` of `@referent/tokenizer`, for without a title
 * that is `[CLS] text [SEP]`.
 */
export function blinkZeshelCandidate({ text }: EntityText): EntityText {
  let end = 0;
  let count = 0;
  for (const character of text) {
    if (count++ === candidateCharacters) break;
    end += character.length;
  }
  return { title: '', text: text.slice(0, end) };
}
