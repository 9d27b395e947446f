import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Span } from '@referent/core';
import type { Document } from '@referent/pipeline';
import { usageError } from './command-context.js';
import type { Io } from './io.js';

export type InputFormat = 'auto' | 'text' | 'jsonl';

type OnProblem = (what: string) => void;

/**
 * Documents of a file or of standard input (`-`). Plain text is one document; JSONL streams, and a bad line is a
 * problem of its own that the others do not share.
 */
export async function* readDocuments(
  input: string,
  format: InputFormat,
  io: Io,
  onProblem: OnProblem,
): AsyncGenerator<Document> {
  const name = input === '-' ? 'standard input' : input;
  const jsonl = format === 'jsonl' || (format === 'auto' && /\.(jsonl|ndjson)(\.gz)?$/i.test(input));
  const stream = openInput(input, io);
  try {
    if (jsonl) yield* documentsOfLines(stream, name, onProblem);
    else if (format === 'text' || input !== '-') yield { id: '1', text: withoutMark(await readAll(stream)) };
    else yield* documentsOfUnknown(stream, name, onProblem);
  } catch (error) {
    throw explainInputError(error, name);
  }
}

/** Standard input says what it is by its first character. */
async function* documentsOfUnknown(stream: Readable, name: string, onProblem: OnProblem): AsyncGenerator<Document> {
  stream.setEncoding('utf8');
  const chunks: AsyncIterator<string> = stream[Symbol.asyncIterator]();
  let head = '';
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    head += next.value;
    if (/\S/.test(withoutMark(head))) break;
  }
  const whole = Readable.from(
    (async function* () {
      yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    })(),
  );
  if (/^\s*\{/.test(withoutMark(head))) yield* documentsOfLines(whole, name, onProblem);
  else yield { id: '1', text: withoutMark(await readAll(whole)) };
}

async function* documentsOfLines(stream: Readable, name: string, onProblem: OnProblem): AsyncGenerator<Document> {
  let number = 0;
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  // readline does not pass on the errors of its input.
  const failure = new Promise<never>((_, reject) => stream.once('error', reject));
  failure.catch(() => {});
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    const { value: line, done } = await Promise.race([iterator.next(), failure]);
    if (done) return;
    number++;
    const text = number === 1 ? withoutMark(line) : line;
    if (text.trim() === '') continue;
    const parsed = parseLine(text, number);
    if ('reason' in parsed) onProblem(`${name}, line ${number}: ${parsed.reason}.`);
    else yield parsed;
  }
}

/** `{"id", "text", "mentions"?, "world"?}` or `{"id", "context_left", "mention", "context_right", "world"?}`. */
function parseLine(line: string, number: number): Document | { readonly reason: string } {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    return { reason: `this is no JSON (${(error as Error).message})` };
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

/** Without the byte order mark that some editors put first. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

function openInput(input: string, io: Io): Readable {
  if (input === '-') return io.stdin;
  const file = createReadStream(resolve(io.cwd, input));
  if (!input.endsWith('.gz')) return file;
  const unzipped = createGunzip();
  file.on('error', (error) => unzipped.destroy(error));
  return file.pipe(unzipped);
}

async function readAll(stream: Readable): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** A missing or unreadable input is the caller's mistake. */
function explainInputError(error: unknown, name: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return usageError(`There is no file ${name}.`);
  if (code === 'EISDIR') return usageError(`${name} is a folder; a file is needed.`);
  if (code === 'EACCES') return usageError(`${name} may not be read.`);
  return error;
}
