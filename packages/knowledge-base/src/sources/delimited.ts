import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { knowledgeBaseError } from '../errors.js';
import { parseEntity } from './entity-record.js';
import type { FileRecord, ParseFile } from './file-source.js';
import { maxLineBytes } from './lines.js';

/** Which column, or key of a JSON object, holds which field of an entity. */
export type EntityColumns = Readonly<Partial<Record<'id' | 'title' | 'text' | 'aliases' | 'url' | 'world', string>>>;

export interface DelimitedOptions {
  /** Names of the columns where they are not the fields' own, or a synonym that JSONL knows. */
  readonly columns?: EntityColumns | undefined;
  /** Column names of a file that has no header line. @default the first record */
  readonly header?: readonly string[] | undefined;
  /** Between the aliases in their column. @default '|' */
  readonly aliasSeparator?: string | undefined;
}

type Row = { readonly record: string[]; readonly info: Info };

/** CSV, with quotes (RFC 4180), or TSV, where a quote is a character like any other. */
export function parseDelimited(
  delimiter: ',' | '\t',
  { columns = {}, header, aliasSeparator = '|' }: DelimitedOptions = {},
): ParseFile {
  return async function* (chunks, { path, skip, world }) {
    const skipped: CsvError[] = []; // the parser is ahead of the loop below
    let names = header;
    let count = 0;
    let endLine = 0;
    const parser = parse({
      delimiter,
      record_delimiter: ['\r\n', '\n'],
      quote: delimiter === ',' ? '"' : null,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: maxLineBytes,
      on_skip: (error) => {
        if (error) skipped.push(error);
        return undefined;
      },
    });
    /** The problems that come after so many good records. */
    const problemsAfter = (records: number): FileRecord[] => {
      const problems: FileRecord[] = [];
      for (let error = skipped[0]; error && Number(error.records) <= records; error = skipped[0]) {
        skipped.shift();
        if (isFatal(error)) throw broken(error, path, endLine + 1);
        endLine = Number(error.lines);
        if (++count > skip) problems.push({ line: endLine, record: count, ...failed(error.message) });
      }
      return problems;
    };
    Readable.from(chunks)
      .on('error', (error) => parser.destroy(error))
      .pipe(parser);
    try {
      for await (const { record, info } of parser as AsyncIterable<Row>) {
        const records = problemsAfter(info.records - 1);
        endLine = info.lines;
        if (names) {
          const line = endLine - newlines(record);
          const parsed =
            record.length === names.length
              ? parseEntity(toFields(record, names, columns, aliasSeparator), { world })
              : failed(`expected ${names.length} columns, found ${record.length}`);
          if (++count > skip) records.push({ line, record: count, ...parsed });
        } else {
          names = checkHeader(record, columns, path);
        }
        if (records.length > 0) yield records;
      }
    } catch (error) {
      throw isFatal(error) ? broken(error as CsvError, path, endLine + 1) : error;
    }
    const last = problemsAfter(Number.POSITIVE_INFINITY);
    if (last.length > 0) yield last;
  };
}

function toFields(
  record: readonly string[],
  names: readonly string[],
  columns: EntityColumns,
  aliasSeparator: string,
): Record<string, unknown> {
  const byName = Object.fromEntries(names.map((name, i) => [name, record[i] === '' ? undefined : record[i]]));
  const fields: Record<string, unknown> = { ...byName };
  for (const [field, column] of Object.entries(columns)) fields[field] = byName[column];
  if (typeof fields.aliases === 'string') fields.aliases = fields.aliases.split(aliasSeparator);
  return fields;
}

function checkHeader(record: readonly string[], columns: EntityColumns, path: string): readonly string[] {
  const names = record.map((name) => name.trim());
  const has = (field: keyof EntityColumns, synonyms: readonly string[]) =>
    columns[field] !== undefined ? names.includes(columns[field]) : synonyms.some((name) => names.includes(name));
  const missing = [
    ...(has('id', ['id', 'idx', 'document_id']) ? [] : ['id']),
    ...(has('title', ['title', 'entity']) ? [] : ['title']),
  ];
  if (missing.length === 0) return names;
  throw knowledgeBaseError('KB_SOURCE_FORMAT', {
    what: `${path} has no column for ${missing.join(' and ')}.`,
    why: `Its first line names the columns ${names.map((name) => `"${name}"`).join(', ')}.`,
    fix: 'Say which column is which, or give the column names if the file has no header line.',
    details: { file: path, columns: names },
  });
}

/** An open quote swallows what follows, to the end of the file: going on would lose it in silence. */
function isFatal(error: unknown): boolean {
  return ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'].includes((error as CsvError).code);
}

function broken(error: CsvError, path: string, line: number): Error {
  return knowledgeBaseError('KB_SOURCE_BROKEN', {
    what: `${path} cannot be read beyond line ${line}.`,
    why: `${error.message}.`,
    fix: 'Most likely a quote is opened there and never closed. Correct the file, then build again.',
    details: { file: path, line, reason: error.code },
    cause: error,
  });
}

const failed = (reason: string) => ({ problem: { code: 'malformed-line', reason, severity: 'error' } as const });

function newlines(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + (field.includes('\n') ? field.split('\n').length - 1 : 0), 0);
}
