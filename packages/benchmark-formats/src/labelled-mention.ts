import type { MentionInContext } from '@referent/core';

/** A mention with its known answer. */
export interface LabelledMention {
  readonly id: string;
  readonly mention: MentionInContext;
  /** Ids of the right entities, as the file names them; empty for NIL. Several: any of them counts. */
  readonly labels: readonly string[];
  /** Titles of the right entities, where the file names them. */
  readonly titles?: readonly string[];
  /** How mention and title resemble each other (Zeshel's classes). */
  readonly overlap?: string;
  /** Ids of the only entities that may be meant, where they are known: the senses of a word, say. */
  readonly candidates?: readonly string[];
}
