import { type MentionInContext, ReferentError } from '@referent/core';
import { type Input, linesOf } from './read-input.js';

/** A mention with its known answer. */
export interface LabelledMention {
  readonly id: string;
  readonly mention: MentionInContext;
  /** Ids of the right entities; empty for NIL. */
  readonly labels: readonly string[];
  /** How mention and title resemble each other (Zeshel's classes). */
  readonly overlap?: string;
  /** Ids of the only entities that may be meant, where they are known: the senses of a word, say. */
  readonly candidates?: readonly string[];
}

/**
 * JSONL: `{"id", "context_left", "mention", "context_right", "label_id", "world"?, "overlap"?,
 * "candidates"?}`; `label_id` is a string, a list where several are right, or null for NIL.
 * @throws `MENTIONS_INVALID_LINE`: a line that is passed over would change the figures; `INPUT_UNREADABLE`
 */
export async function* readMentions(input: Input): AsyncGenerator<LabelledMention> {
  for await (const { number, text } of linesOf(input)) {
    if (text.trim() !== '') yield parseMention(text, input.name, number);
  }
}

function parseMention(line: string, file: string, number: number): LabelledMention {
  const bad = (reason: string) =>
    new ReferentError('MENTIONS_INVALID_LINE', {
      what: `${file}, line ${number}: ${reason}.`,
      fix: 'Each line is {"id", "context_left", "mention", "context_right", "label_id", "world"?}.',
      details: { file, line: number },
    });
  let record: Record<string, unknown> | null;
  try {
    record = JSON.parse(line) as Record<string, unknown> | null;
  } catch (error) {
    throw bad(`not JSON: ${(error as Error).message}`);
  }
  if (typeof record !== 'object' || record === null) throw bad('a JSON object is needed');
  const { id = number, context_left = '', mention, context_right = '', label_id, world, overlap, candidates } = record;
  if (typeof mention !== 'string') throw bad('"mention" must be a string');
  if (typeof context_left !== 'string') throw bad('"context_left" must be a string');
  if (typeof context_right !== 'string') throw bad('"context_right" must be a string');
  if (candidates !== undefined && !(Array.isArray(candidates) && candidates.length > 0)) {
    throw bad('"candidates" must be a list of ids');
  }
  if (label_id === undefined) throw bad('"label_id" is missing; null means that no entity is meant');
  const labels = (Array.isArray(label_id) ? label_id : label_id === null ? [] : [label_id]).map(String);
  return {
    id: String(id),
    mention: {
      contextLeft: context_left,
      surface: mention,
      contextRight: context_right,
      ...(typeof world === 'string' && { world }),
    },
    labels,
    ...(typeof overlap === 'string' && { overlap }),
    ...(candidates !== undefined && { candidates: (candidates as unknown[]).map(String) }),
  };
}
