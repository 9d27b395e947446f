import { atPlace } from '../errors.js';
import { indexOf, type LineRecord, nameOf, textOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';
import type { ZeshelDocuments } from '../zeshel/documents.js';
import { withBlankAfter, withBlankBefore } from './blink.js';

export const blinkZeshelExample =
  '{"context_left", "mention", "context_right", "label", "label_id", "label_title", "world"}, label_id being a line of the world\'s documents';

/** Zeshel as BLINK converts it. `label_id` counts the lines of the world's documents: they tell which entity is meant. */
export async function* parseBlinkZeshel(
  record: LineRecord,
  documents: ZeshelDocuments,
): AsyncGenerator<LabelledMention> {
  const world = nameOf(record, 'world');
  const row = indexOf(record, 'label_id');
  const document = await documents.read(world, row);
  if (!document) {
    throw atPlace('MENTIONS_UNKNOWN_LABEL', record, `the world ${world} has no line ${row} to link to`, {
      fix: `Check "label_id": it counts the lines of ${world}.json in ${documents.name} from 0.`,
      details: { world, label: row },
    });
  }
  const title = record.fields.label_title;
  if (typeof title === 'string' && title !== document.title) {
    throw atPlace('MENTIONS_TEXT_MISMATCH', record, `line ${row} of ${world} is "${document.title}", not "${title}"`, {
      fix: 'Use the documents that these mentions were converted with.',
      details: { world, row, found: document.title, expected: title },
    });
  }
  yield {
    id: String(record.line),
    mention: {
      contextLeft: withBlankAfter(textOf(record, 'context_left')),
      surface: textOf(record, 'mention'),
      contextRight: withBlankBefore(textOf(record, 'context_right')),
      world,
    },
    labels: [document.id],
    titles: [document.title],
  };
}
