import { type MentionInContext, splitsCharacter } from '@referent/core';

/**
 * What the models get to read of a mention: so much text on each side that no window is left short, so little that a
 * text of 10 MB costs no more than a page. Halves of surrogate pairs become U+FFFD, which every tokenizer can read.
 */
export function readableWindow(mention: MentionInContext, characters: number): MentionInContext {
  return {
    ...mention,
    contextLeft: wellFormed(tail(mention.contextLeft, characters)),
    surface: wellFormed(head(mention.surface, characters)),
    contextRight: wellFormed(head(mention.contextRight, characters)),
  };
}

function head(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return text.slice(0, splitsCharacter(text, characters) ? characters - 1 : characters);
}

function tail(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const start = text.length - characters;
  return text.slice(splitsCharacter(text, start) ? start + 1 : start);
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
