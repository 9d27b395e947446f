import { idOf, invalidLine, isObject, type LineRecord, listOf, textOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';

export const kiltExample =
  '{"id", "input": "left [START_ENT] mention [END_ENT] right", "output": [{"answer", "provenance": [{"wikipedia_id", "title"}]}]}';

const marked = /^([\s\S]*?)\[START_ENT\]([\s\S]*?)\[END_ENT\]([\s\S]*)$/;

/**
 * KILT's entity linking files, blink-train-kilt.jsonl and blink-dev-kilt.jsonl among them. The mention is the marked
 * part of `input`; labels are the numbers of Wikipedia pages. Format: facebookresearch/KILT, README, "KILT data format".
 */
export function* parseKilt(record: LineRecord): Generator<LabelledMention> {
  const parts = marked.exec(textOf(record, 'input'));
  if (!parts) throw invalidLine(record, '"input" has no [START_ENT] mention [END_ENT]');
  const [, contextLeft = '', surface = '', contextRight = ''] = parts;
  if (record.fields.output === undefined) throw invalidLine(record, '"output" is missing: this file has no answers');
  const pages = listOf(record, 'output').flatMap((answer) => pagesOf(record, answer));
  const titles = pages.flatMap(({ title }) => (typeof title === 'string' ? title : []));
  yield {
    id: idOf(record, 'id', record.fields.id, record.line),
    // The blanks inside the markers belong to the markers.
    mention: { contextLeft, surface: surface.trim(), contextRight },
    labels: unique(pages.map(({ wikipedia_id }) => String(wikipedia_id))),
    ...(titles.length > 0 && { titles: unique(titles) }),
  };
}

function pagesOf(record: LineRecord, answer: unknown) {
  const provenance = isObject(answer) ? (answer.provenance ?? []) : undefined;
  if (!Array.isArray(provenance)) throw invalidLine(record, '"output" must be a list of answers with "provenance"');
  return provenance.map((page: unknown) => {
    if (isObject(page) && (typeof page.wikipedia_id === 'string' || typeof page.wikipedia_id === 'number')) return page;
    throw invalidLine(record, 'every "provenance" needs a "wikipedia_id"');
  });
}

const unique = (values: readonly string[]) => [...new Set(values)];
