import { idOf, invalidLine, type LineRecord, textOf } from '../fields.js';
import type { LabelledMention } from '../labelled-mention.js';

export const referentExample = '{"id", "context_left", "mention", "context_right", "label_id", "world"?}';

/** Our own lines: `label_id` is a string, a list where several are right, or null for NIL. */
export function* parseReferent(record: LineRecord): Generator<LabelledMention> {
  const { id, label_id, world, overlap, candidates } = record.fields;
  if (candidates !== undefined && !(Array.isArray(candidates) && candidates.length > 0)) {
    throw invalidLine(record, '"candidates" must be a list of ids');
  }
  if (label_id === undefined) throw invalidLine(record, '"label_id" is missing; null means that no entity is meant');
  const labels = Array.isArray(label_id) ? label_id : label_id === null ? [] : [label_id];
  yield {
    id: idOf(record, 'id', id, record.line),
    mention: {
      contextLeft: textOf(record, 'context_left', ''),
      surface: textOf(record, 'mention'),
      contextRight: textOf(record, 'context_right', ''),
      ...(typeof world === 'string' && { world }),
    },
    labels: labels.map((label) => idOf(record, 'label_id', label)),
    ...(typeof overlap === 'string' && { overlap }),
    ...(candidates !== undefined && {
      candidates: (candidates as unknown[]).map((it) => idOf(record, 'candidates', it)),
    }),
  };
}
