import { atPlace } from '../errors.js';
import { type Fields, idOf, invalidLine, isObject, type LineRecord, listOf, textOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';
import { codePointOffsets } from './code-points.js';

export const elevantExample = '{"id", "text", "labels": [{"id", "span": [start, end], "entity_id", "name"?}]}';

const nilIds = /^(<NIL>|<NO_MAPPING>|Unknown\d*)$/;

/**
 * ELEVANT's articles (ad-freiburg/elevant, docs/our_jsonl_format.md), one mention per label. As ELEVANT counts them:
 * labels inside `evaluation_span`, the outermost of nested ones; optional labels, quantities and dates are left out.
 * Labels are Wikidata QIDs; an unknown entity is NIL.
 */
export function* parseElevant(record: LineRecord): Generator<LabelledMention> {
  const text = textOf(record, 'text');
  const toUtf16 = codePointOffsets(text); // ELEVANT is Python: spans count code points
  const evaluated = record.fields.evaluation_span;
  const inside = isSpan(evaluated) ? evaluated : [0, Number.POSITIVE_INFINITY];
  for (const label of listOf(record, 'labels')) {
    if (!isObject(label) || !isSpan(label.span)) throw invalidLine(record, 'every label needs a "span" [start, end]');
    const [start, end] = label.span;
    const [from, to] = [toUtf16(start), toUtf16(end)];
    if (from === undefined || to === undefined || from >= to) {
      throw atPlace('MENTIONS_SPAN_OUTSIDE_TEXT', record, `the span ${start}..${end} is not in the text`, {
        why: `The text has ${[...text].length} characters.`,
        fix: 'Correct the span: it counts characters from 0, its end is exclusive.',
        details: { start, end },
      });
    }
    if (typeof label.entity_id !== 'string') throw invalidLine(record, 'every label needs an "entity_id"');
    if (start < inside[0]! || end > inside[1]! || !counts(label)) continue;
    const isNil = nilIds.test(label.entity_id);
    yield {
      id: `${idOf(record, 'id', record.fields.id, record.line)}:${idOf(record, 'id', label.id, start)}`,
      mention: { contextLeft: text.slice(0, from), surface: text.slice(from, to), contextRight: text.slice(to) },
      labels: isNil ? [] : [label.entity_id],
      ...(!isNil && typeof label.name === 'string' && { titles: [label.name] }),
    };
  }
}

function counts({ parent, optional, type }: Fields): boolean {
  return (parent ?? null) === null && optional !== true && type !== 'QUANTITY' && type !== 'DATETIME';
}

function isSpan(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((it) => Number.isInteger(it));
}
