import { atPlace, type Place } from './errors.js';

export type Fields = Readonly<Record<string, unknown>>;

/** One JSON object of a file, with the words for what is wrong with it. */
export interface LineRecord extends Place {
  readonly fields: Fields;
  /** What a line of this format looks like: shown with every complaint. */
  readonly example: string;
}

export function invalidLine({ example, ...place }: LineRecord | (Place & { example: string }), reason: string): Error {
  return atPlace('MENTIONS_INVALID_LINE', place, reason, { fix: `Each line is ${example}.` });
}

/** @throws `MENTIONS_INVALID_LINE` */
export function parseObject(text: string, place: Place, example: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    // V8 quotes the whole line in some messages.
    const shortened = message.length > 160 ? `${message.slice(0, 157)}...` : message;
    throw invalidLine({ ...place, example }, `not JSON: ${shortened}`);
  }
  if (isObject(value)) return value;
  throw invalidLine({ ...place, example }, 'a JSON object is needed');
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text field. @throws `MENTIONS_INVALID_LINE` unless it is a string, or missing with a `fallback` */
export function textOf(record: LineRecord, name: string, fallback?: string): string {
  const value = record.fields[name] ?? fallback;
  if (typeof value === 'string') return value;
  throw invalidLine(record, `"${name}" must be a string`);
}

/** A string, or a number written as one: ids are often counted. @throws `MENTIONS_INVALID_LINE` */
export function nameOf(record: LineRecord, name: string): string {
  const value = record.fields[name];
  if (typeof value === 'string' || Number.isSafeInteger(value)) return String(value);
  throw invalidLine(record, `"${name}" must be a string or a whole number`);
}

/** An id: a text or a number; the fallback where the file has none. @throws `MENTIONS_INVALID_LINE` */
export function idOf(record: LineRecord, name: string, value: unknown, fallback: string | number = ''): string {
  const id = value ?? fallback;
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  throw invalidLine(record, `"${name}" must be a string or a number`);
}

/** @throws `MENTIONS_INVALID_LINE` */
export function indexOf(record: LineRecord, name: string): number {
  const value = record.fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalidLine(record, `"${name}" must be a whole number`);
}

/** @throws `MENTIONS_INVALID_LINE` */
export function listOf(record: LineRecord, name: string): readonly unknown[] {
  const value = record.fields[name];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw invalidLine(record, `"${name}" must be a list`);
}
