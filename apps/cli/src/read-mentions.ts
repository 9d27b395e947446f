import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { type MentionInContext, ReferentError } from '@referent/core';
import type { Io } from './io.js';

/** A mention with its known answer. */
export interface LabelledMention {
  readonly id: string;
  readonly mention: MentionInContext;
  /** Ids of the right entities; empty for NIL. */
  readonly labels: readonly string[];
  /** How mention and title resemble each other (Zeshel's classes). */
  readonly overlap?: string;
}

/**
 * JSONL: `{"id", "context_left", "mention", "context_right", "label_id", "world"?, "overlap"?}`; `label_id` is a
 * string, a list where several are right, or null for NIL.
 * @throws `MENTIONS_INVALID_LINE`: a line that is passed over would change the figures
 */
export async function* readMentions(file: string, io: Io): AsyncGenerator<LabelledMention> {
  const stream = createReadStream(resolve(io.cwd, file));
  const bytes = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
  const failure = new Promise<never>((_, reject) => {
    stream.once('error', (cause) => reject(unreadable(file, cause)));
    bytes.once('error', (cause: Error) => reject(unreadable(file, cause)));
  });
  failure.catch(() => {});
  const lines = createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  for (let number = 1; ; number++) {
    const { value: line, done } = await Promise.race([lines.next(), failure]);
    if (done) return;
    if (line.trim() !== '') yield parseMention(line.replace(/^\uFEFF/, ''), file, number);
  }
}

function parseMention(line: string, file: string, number: number): LabelledMention {
  const bad = (reason: string) =>
    new ReferentError('MENTIONS_INVALID_LINE', {
      what: `${basename(file)}, line ${number}: ${reason}.`,
      fix: 'Each line is {"id", "context_left", "mention", "context_right", "label_id", "world"?}.',
      details: { file, line: number },
    });
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw bad(`this is no JSON (${(error as Error).message})`);
  }
  const { id = number, context_left = '', mention, context_right = '', label_id, world, overlap } = record;
  if (typeof mention !== 'string') throw bad('"mention" must be a string');
  if (typeof context_left !== 'string') throw bad('"context_left" must be a string');
  if (typeof context_right !== 'string') throw bad('"context_right" must be a string');
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
  };
}

function unreadable(file: string, cause: Error): ReferentError {
  return new ReferentError('MENTIONS_UNREADABLE', {
    what: `${file} cannot be read.`,
    why: `${cause.message}.`,
    details: { file },
    cause,
  });
}
