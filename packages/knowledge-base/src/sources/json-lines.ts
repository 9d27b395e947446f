import type { EntityColumns } from './delimited.js';
import { type ParsedRecord, parseEntity } from './entity-record.js';
import type { FileRecord, ParseFile } from './file-source.js';
import { type Line, readLines } from './lines.js';

/**
 * One JSON object per line: our own form, BLINK's entity.jsonl, Zeshel's documents; `columns` says which key holds
 * which field in any other. Empty lines are passed over.
 */
export function parseJsonLines(columns: EntityColumns = {}): ParseFile {
  return async function* (chunks, { skip, world }) {
    for await (const lines of readLines(chunks, { skip })) {
      const records: FileRecord[] = [];
      for (const line of lines) {
        const parsed = parseLine(line, columns, world);
        if (parsed) records.push({ line: line.number, record: line.number, ...parsed });
      }
      yield records;
    }
  };
}

function parseLine(line: Line, columns: EntityColumns, world: string | undefined): ParsedRecord | undefined {
  if (line.tooLong) return failed('line-too-long', 'the line is longer than 64 MB');
  if (line.text.trim() === '') return undefined;
  let record: unknown;
  try {
    record = JSON.parse(line.text);
  } catch (error) {
    return failed('malformed-line', `not JSON: ${shorten((error as Error).message)}`);
  }
  const parsed = parseEntity(renamed(record, columns), { world });
  if (!line.invalidUtf8 || parsed.problem?.severity === 'error') return parsed;
  const reason = 'the line is not valid UTF-8: what could not be read became U+FFFD';
  return { ...parsed, problem: { code: 'invalid-utf8', reason, severity: 'warning' } };
}

function renamed(record: unknown, columns: EntityColumns): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const fields = record as Readonly<Record<string, unknown>>;
  const chosen = Object.entries(columns).map(([field, key]) => [field, fields[key]] as const);
  return chosen.length > 0 ? { ...fields, ...Object.fromEntries(chosen) } : record;
}

function failed(code: 'line-too-long' | 'malformed-line', reason: string): ParsedRecord {
  return { problem: { code, reason, severity: 'error' } };
}

/** V8 quotes the whole line in some messages. */
function shorten(message: string): string {
  return message.length > 160 ? `${message.slice(0, 157)}...` : message;
}
