import { atPlace } from '../errors.js';
import { indexOf, type LineRecord, nameOf, textOf } from '../fields.js';
import type { ZeshelDocument, ZeshelDocuments } from './documents.js';

export const zeshelExample =
  '{"mention_id", "context_document_id", "corpus", "start_index", "end_index", "text", "label_document_id", "category"}';

/** Words of context on each side, as BLINK cuts them (examples/zeshel/create_BLINK_zeshel_data.py). */
export const contextWords = 128;

/** A line of Zeshel's mentions with its document: the words around, and the row of the right entity. */
export interface ZeshelWindow {
  readonly world: string;
  readonly left: readonly string[];
  /** As it stands in the document. */
  readonly surface: string;
  readonly right: readonly string[];
  readonly labelId: string;
  readonly labelRow: number;
}

/**
 * Finds a mention in its document. `start_index` and `end_index` count the words between single blanks, both inclusive.
 * @throws `ZESHEL_NO_WORLD`, `MENTIONS_UNKNOWN_DOCUMENT`, `MENTIONS_UNKNOWN_LABEL`, `MENTIONS_SPAN_OUTSIDE_TEXT`,
 * `MENTIONS_TEXT_MISMATCH`, `MENTIONS_INVALID_LINE`
 */
export async function findWindow(record: LineRecord, documents: ZeshelDocuments): Promise<ZeshelWindow> {
  const world = nameOf(record, 'corpus');
  const labelId = nameOf(record, 'label_document_id');
  const document = await documentOf(record, documents, world);
  const labelRow = await documents.rowOf(world, labelId);
  if (labelRow === undefined) {
    throw atPlace('MENTIONS_UNKNOWN_LABEL', record, `the world ${world} has no document ${labelId} to link to`, {
      fix: `Check "label_document_id", and that ${documents.name} is the distribution of these mentions.`,
      details: { world, label: labelId },
    });
  }
  const words = document.text.split(' ');
  const start = indexOf(record, 'start_index');
  const end = indexOf(record, 'end_index');
  if (start < 0 || start > end || end >= words.length) {
    throw atPlace(
      'MENTIONS_SPAN_OUTSIDE_TEXT',
      record,
      `the words ${start}..${end} are not in document ${document.id}`,
      {
        why: `It has ${words.length} words.`,
        fix: 'Correct "start_index" and "end_index": they count words from 0, both inclusive.',
        details: { start, end, words: words.length, document: document.id },
      },
    );
  }
  const surface = words.slice(start, end + 1).join(' ');
  const text = textOf(record, 'text');
  if (surface.toLowerCase() !== text.toLowerCase()) {
    throw atPlace('MENTIONS_TEXT_MISMATCH', record, `the words ${start}..${end} are "${surface}", not "${text}"`, {
      fix: 'Use the documents that these mentions were counted in.',
      details: { start, end, found: surface, expected: text },
    });
  }
  return {
    world,
    left: words.slice(Math.max(0, start - contextWords), start),
    surface,
    right: words.slice(end + 1, end + 1 + contextWords),
    labelId,
    labelRow,
  };
}

async function documentOf(record: LineRecord, documents: ZeshelDocuments, world: string): Promise<ZeshelDocument> {
  const id = nameOf(record, 'context_document_id');
  const row = await documents.rowOf(world, id);
  const document = row === undefined ? undefined : await documents.read(world, row);
  if (document) return document;
  throw atPlace('MENTIONS_UNKNOWN_DOCUMENT', record, `the world ${world} has no document ${id}`, {
    fix: `Check "context_document_id", and that ${documents.name} is the distribution of these mentions.`,
    details: { world, document: id },
  });
}
