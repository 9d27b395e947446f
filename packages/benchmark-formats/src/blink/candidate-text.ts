import type { Entity } from '@referent/core';

/** Characters of an entity's text that BLINK's Zeshel evaluation reads (blink/biencoder/zeshel_utils.py). */
export const candidateCharacters = 256;

/**
 * What BLINK's Zeshel evaluation reads of an entity: the first 256 characters of its text, code points as Python counts
 * them. Its title and title marker are left out by the layout `text-only` of `@referent/tokenizer`.
 */
export function blinkZeshelCandidate(entity: Entity): Entity {
  let end = 0;
  let count = 0;
  for (const character of entity.text) {
    if (count++ === candidateCharacters) break;
    end += character.length;
  }
  return { ...entity, text: entity.text.slice(0, end) };
}
