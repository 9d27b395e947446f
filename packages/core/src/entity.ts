/** One thing of a knowledge base. `title` and `text` are all that the models ever read. */
export interface Entity {
  /** The user's own identifier: a QID, a product number, a synset. Unique in its knowledge base. */
  readonly id: string;
  readonly title: string;
  /** A short description: one sentence is enough, the first few hundred characters count. */
  readonly text: string;
  /** Other names. They find the entity; they are not read by the encoders. */
  readonly aliases?: readonly string[];
  readonly url?: string;
  /** The sub-collection it belongs to, where candidates are restricted to one (Zeshel's "world"). */
  readonly world?: string;
}

/** What an encoder reads of an entity. */
export type EntityText = Pick<Entity, 'title' | 'text' | 'aliases'>;
