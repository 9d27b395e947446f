import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { usageError } from '../command-context.js';
import { type Input, linesOf } from '../read-input.js';

export type RecordFormat = 'jsonl' | 'csv' | 'tsv';
export type PlainRecord = Readonly<Record<string, unknown>>;

export interface RecordFile {
  readonly format: RecordFormat;
  /** Of a table. */
  readonly delimiter?: string;
  readonly records: AsyncGenerator<PlainRecord, void, undefined>;
}

const headLength = 64 * 1024;

/** Opens a table or JSONL, whatever it is called: what it holds is told by its first line. */
export async function openRecords({ name, chunks }: Input, onBadLine?: () => void): Promise<RecordFile> {
  const rest = chunks[Symbol.asyncIterator]();
  let head = '';
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head += next.value;
    if (head.length > headLength || /\S.*\n/.test(head)) break;
  }
  async function* whole() {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  const first = head.trimStart();
  if (first.startsWith('[')) {
    throw usageError(
      `${name} is one JSON list.`,
      `Write one JSON object per line: jq -c '.[]' ${name} > entities.jsonl`,
    );
  }
  if (first.startsWith('{')) return { format: 'jsonl', records: jsonRecords(whole(), onBadLine) };
  const delimiter = delimiterOf(first.slice(0, first.search(/\n|$/)));
  return { format: delimiter === '\t' ? 'tsv' : 'csv', delimiter, records: tableRecords(whole(), delimiter) };
}

/** What the first line has most of, outside of quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const counted = [',', '\t', ';', '|'].map((it) => ({ it, count: bare.split(it).length }));
  return counted.reduce((best, own) => (own.count > best.count ? own : best)).it;
}

async function* jsonRecords(
  chunks: AsyncIterable<string>,
  onBadLine: () => void = () => {},
): AsyncGenerator<PlainRecord, void, undefined> {
  for await (const { text } of linesOf({ chunks })) {
    if (text.trim() === '') continue;
    const record = parseJson(text);
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) yield record as PlainRecord;
    else onBadLine();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* tableRecords(
  chunks: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<PlainRecord, void, undefined> {
  const source = Readable.from(chunks);
  const parser = parse({
    delimiter,
    quote: delimiter === '\t' ? null : '"',
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  source.on('error', (error) => parser.destroy(error)).pipe(parser);
  let columns: string[] | undefined;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (columns) yield Object.fromEntries(columns.map((column, i) => [column, row[i]]));
      else columns = row.map((column) => column.trim());
    }
  } catch (error) {
    const { code, message } = error as CsvError;
    throw code?.startsWith('CSV_') ? usageError(`The table cannot be read: ${message}.`, 'Correct its quotes.') : error;
  } finally {
    source.destroy();
  }
}
