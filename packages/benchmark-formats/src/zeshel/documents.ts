/** A page of a Zeshel world: an entity, and a text with mentions. */
export interface ZeshelDocument {
  readonly id: string;
  readonly title: string;
  /** Its words, with one blank between two: mentions count these words. */
  readonly text: string;
}

/** The documents of the worlds, found by id or by row. `openZeshelDocuments` of the `/node` entry reads them from a folder. */
export interface ZeshelDocuments {
  /** For messages: the folder. */
  readonly name: string;
  /** The line of a document in its world's file, from 0; undefined where there is no such document. @throws `ZESHEL_NO_WORLD` */
  rowOf(world: string, id: string): Promise<number | undefined>;
  /** Undefined for a row that the world's file does not have. @throws `ZESHEL_NO_WORLD`, `ZESHEL_INVALID_DOCUMENT` */
  read(world: string, row: number): Promise<ZeshelDocument | undefined>;
}
