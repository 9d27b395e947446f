import { idOf, invalidLine, type LineRecord, textOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';

export const blinkExample =
  '{"query_id", "context_left", "mention", "context_right", "label_id", "Wikipedia_ID", "Wikipedia_URL", "Wikipedia_title"}';

/** What BLINK's conversion script writes where it found no page: Python's None, the number -1, or AIDA's "000". */
const noPage = new Set(['', 'None', 'null', '-1', '000', '0']);

/**
 * BLINK's benchmark lines (AIDA-YAGO2, MSNBC, AQUAINT, ACE2004, WNED, TAC-KBP): `label_id` is the number of a Wikipedia
 * page, or TAC-KBP's id. Source: scripts/create_BLINK_benchmark_data.py of facebookresearch/BLINK.
 */
export function* parseBlink(record: LineRecord): Generator<LabelledMention> {
  const { query_id, id, label_id, Wikipedia_title: title } = record.fields;
  if (label_id === undefined) throw invalidLine(record, '"label_id" is missing');
  const label = idOf(record, 'label_id', label_id).trim();
  const isNil = noPage.has(label);
  // The parts are runs of tokens that were cut apart: the blanks between them are gone.
  yield {
    id: idOf(record, 'query_id', query_id ?? id, record.line),
    mention: {
      contextLeft: withBlankAfter(textOf(record, 'context_left')),
      surface: textOf(record, 'mention'),
      contextRight: withBlankBefore(textOf(record, 'context_right')),
    },
    labels: isNil ? [] : [label],
    ...(!isNil && typeof title === 'string' && title !== '' && { titles: [title] }),
  };
}

export function withBlankAfter(text: string): string {
  return text === '' || /\s$/.test(text) ? text : `${text} `;
}

export function withBlankBefore(text: string): string {
  return text === '' || /^\s/.test(text) ? text : ` ${text}`;
}
