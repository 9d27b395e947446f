import { type LineRecord, nameOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';
import type { ZeshelDocuments } from '../zeshel/documents.js';
import { findWindow } from '../zeshel/window.js';
import { withBlankAfter, withBlankBefore } from './blink.js';

/** Zeshel's own mention lines (lajanugen/zeshel), cut out of their documents with 128 words on each side. */
export async function* parseZeshel(record: LineRecord, documents: ZeshelDocuments): AsyncGenerator<LabelledMention> {
  const { world, left, surface, right, labelId } = await findWindow(record, documents);
  const { category } = record.fields;
  const overlap = typeof category === 'string' ? category.toLowerCase() : undefined;
  yield {
    id: nameOf(record, 'mention_id'),
    mention: {
      contextLeft: withBlankAfter(left.join(' ')),
      surface,
      contextRight: withBlankBefore(right.join(' ')),
      world,
    },
    labels: [labelId],
    ...(overlap !== undefined && { overlap }),
  };
}
