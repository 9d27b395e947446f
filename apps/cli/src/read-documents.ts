import type { Span } from '@referent/core';
import type { Document } from '@referent/pipeline';
import { type Input, linesOf } from './read-input.js';

export type InputFormat = 'auto' | 'text' | 'jsonl';

/** A line that is no document. */
export interface LineProblem {
  readonly code: 'bad-line';
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/**
 * Documents of a file or of standard input. Plain text is one document; JSONL streams, and a bad line is a problem of
 * its own that the others do not share. `auto`: files by their names, others by their first character.
 */
export async function* readDocuments(
  input: Input,
  format: InputFormat,
  onProblem: (problem: LineProblem) => void,
): AsyncGenerator<Document> {
  const { isJsonl, chunks } = await recognise(input, format);
  if (!isJsonl) {
    let text = '';
    for await (const chunk of chunks) text += chunk;
    yield { id: '1', text };
    return;
  }
  for await (const { number, text } of linesOf({ chunks })) {
    if (text.trim() === '') continue;
    const parsed = parseLine(text, number);
    if ('reason' in parsed) onProblem({ code: 'bad-line', file: input.name, line: number, reason: parsed.reason });
    else yield parsed;
  }
}

async function recognise(
  { name, chunks }: Input,
  format: InputFormat,
): Promise<{ isJsonl: boolean; chunks: AsyncIterable<string> }> {
  if (format !== 'auto') return { isJsonl: format === 'jsonl', chunks };
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(name)) return { isJsonl: true, chunks };
  if (/\.(txt|md)(\.gz)?$/i.test(name)) return { isJsonl: false, chunks };
  const rest = chunks[Symbol.asyncIterator]();
  let head = '';
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head += next.value;
    if (/\S/.test(head)) break;
  }
  async function* whole() {
    try {
      yield head;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { isJsonl: /^\s*\{/.test(head), chunks: whole() };
}

/** `{"id", "text", "mentions"?, "world"?}` or `{"id", "context_left", "mention", "context_right", "world"?}`. */
function parseLine(line: string, number: number): Document | { readonly reason: string } {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    return { reason: `not JSON: ${(error as Error).message}` };
  }
  if (typeof record !== 'object' || record === null) return { reason: 'a JSON object is needed' };
  const id = typeof record.id === 'string' || typeof record.id === 'number' ? String(record.id) : String(number);
  const world = typeof record.world === 'string' ? { world: record.world } : {};
  if (typeof record.mention === 'string') {
    const { context_left: contextLeft = '', context_right: contextRight = '', mention: surface } = record;
    if (typeof contextLeft !== 'string') return { reason: '"context_left" must be a string' };
    if (typeof contextRight !== 'string') return { reason: '"context_right" must be a string' };
    return { id, contextLeft, surface, contextRight, ...world };
  }
  if (typeof record.text !== 'string') return { reason: 'it has neither a "text" nor a "mention"' };
  if (record.mentions === undefined) return { id, text: record.text, ...world };
  if (!Array.isArray(record.mentions) || !record.mentions.every(isSpan)) {
    return { reason: '"mentions" must be a list of {"start", "end"}' };
  }
  return { id, text: record.text, mentions: record.mentions.map(({ start, end }) => ({ start, end })), ...world };
}

function isSpan(span: Partial<Span> | null): span is Span {
  return typeof span?.start === 'number' && typeof span.end === 'number';
}
