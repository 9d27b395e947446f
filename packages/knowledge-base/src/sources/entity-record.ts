import type { Entity } from '@referent/core';
import type { SourceProblem } from './source.js';

/** What is wrong with a record, without its place. */
export type RecordProblem = Pick<SourceProblem, 'code' | 'reason' | 'severity'>;

export interface ParsedRecord {
  readonly entity?: Entity;
  readonly problem?: RecordProblem;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an entity from a record. Synonyms: `description` for `text`, BLINK's `idx` and `entity`
 * (https://github.com/facebookresearch/BLINK, entity.jsonl), Zeshel's `document_id`. Unknown fields are ignored.
 */
export function parseEntity(
  record: unknown,
  { world: defaultWorld }: { world?: string | undefined } = {},
): ParsedRecord {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return failed('not-an-object', `expected an object with id, title and text, found ${describe(record)}`);
  }
  const fields = record as Fields;
  try {
    const { id, url } = identify(fields);
    const title = textOf(fields, ['title', 'entity'])?.trim() ?? '';
    if (title === '') return failed('missing-title', 'the title is missing or empty');
    const text = textOf(fields, ['text', 'description'])?.trim() ?? '';
    const aliases = aliasesOf(fields, title);
    const world = nameOf(fields, 'world') ?? defaultWorld;
    const entity: Entity = {
      id,
      title,
      text,
      ...(aliases.length > 0 && { aliases }),
      ...(url && { url }),
      ...(world && { world }),
    };
    if (text !== '') return { entity };
    const reason = 'the description is missing: only the title tells what this entity is';
    return { entity, problem: { code: 'missing-text', reason, severity: 'warning' } };
  } catch (error) {
    if (error instanceof FieldError) return failed(error.code, error.message);
    throw error;
  }
}

/** Text that SQLite and every tokenizer can keep: no NUL, no half of a surrogate pair; both become U+FFFD. */
export function cleanText(text: string): string {
  const clean = isWellFormed(text) ? text : text.replace(loneSurrogate, '\uFFFD');
  return clean.includes('\0') ? clean.replaceAll('\0', '\uFFFD') : clean;
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const isWellFormed = (text: string) => !/[\uD800-\uDFFF]/.test(text) || text.search(loneSurrogate) < 0;

class FieldError extends Error {
  constructor(
    readonly code: RecordProblem['code'],
    message: string,
  ) {
    super(message);
  }
}

function failed(code: RecordProblem['code'], reason: string): ParsedRecord {
  return { problem: { code, reason, severity: 'error' } };
}

/** BLINK's `idx` is a Wikipedia address whose `curid` is the page's number: that is the id, the address the url. */
function identify(fields: Fields): { id: string; url: string | undefined } {
  const url = textOf(fields, ['url'])?.trim();
  const id = nameOf(fields, 'id') ?? nameOf(fields, 'document_id');
  if (id !== undefined) return { id: required(id), url };
  const idx = nameOf(fields, 'idx');
  if (idx === undefined) throw new FieldError('missing-id', 'the id is missing');
  const curid = /[?&]curid=(\d+)/.exec(idx)?.[1];
  return { id: required(curid ?? idx), url: url ?? (/^https?:/.test(idx) ? idx : undefined) };
}

function required(id: string): string {
  if (id.trim() === '') throw new FieldError('missing-id', 'the id is empty');
  return id;
}

/** A string, or a number written as one: ids and worlds are often counted. */
function nameOf(fields: Fields, field: string): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'number')
    throw new FieldError('bad-field', `"${field}" must be a text, found ${describe(value)}`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new FieldError('bad-field', `"${field}" is a number too large to be read exactly: write it in quotes`);
  }
  return String(value);
}

function textOf(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') return cleanText(value);
    throw new FieldError('bad-field', `"${name}" must be a text, found ${describe(value)}`);
  }
  return undefined;
}

function aliasesOf(fields: Fields, title: string): string[] {
  const value = fields.aliases;
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((alias) => typeof alias === 'string')) {
    throw new FieldError('bad-field', '"aliases" must be a list of texts');
  }
  const aliases = new Set(value.map((alias: string) => cleanText(alias).trim()));
  aliases.delete('');
  aliases.delete(title);
  return [...aliases];
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
}
