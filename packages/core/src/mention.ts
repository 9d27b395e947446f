/** A stretch of the original text, in UTF-16 positions: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A name, term or phrase in a text that may refer to an entity. */
export interface Mention extends Span {
  /** The words as a person would read them: `text.slice(start, end)` without markup. */
  readonly surface: string;
  /**
   * The text before and after, where it is not simply what stands around the span: a detector that reads
   * markup gives the text without it here.
   */
  readonly contextLeft?: string;
  readonly contextRight?: string;
}

/** A mention with the text around it: all that the mention encoders read. */
export interface MentionInContext {
  readonly contextLeft: string;
  readonly surface: string;
  readonly contextRight: string;
  /** Restricts the candidates to this world. */
  readonly world?: string;
  /** What stands in the text where `surface` is what the text says that it is short for. */
  readonly abbreviation?: string;
}

/** Cuts a mention out of its text, with everything around it. */
export function mentionInContext(text: string, mention: Mention, world?: string): MentionInContext {
  return {
    contextLeft: mention.contextLeft ?? text.slice(0, mention.start),
    surface: mention.surface,
    contextRight: mention.contextRight ?? text.slice(mention.end),
    ...(world !== undefined && { world }),
  };
}
