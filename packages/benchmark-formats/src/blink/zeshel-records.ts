import { ReferentError } from '@referent/core';
import { parseObject } from '../fields.js';
import type { BenchmarkInput } from '../read-benchmark.js';
import type { ZeshelDocuments } from '../zeshel/documents.js';
import { findWindow, zeshelExample } from '../zeshel/window.js';

/** A line of the files that BLINK trains and evaluates on. */
export interface BlinkZeshelRecord {
  readonly context_left: string;
  readonly context_right: string;
  readonly mention: string;
  /** The whole text of the right entity. */
  readonly label: string;
  /** The line of the right entity in its world's documents, from 0. */
  readonly label_id: number;
  readonly label_title: string;
  readonly world: string;
}

/**
 * Zeshel's mentions as BLINK converts them: everything that surrounds the entity in lower case, the label as text and
 * row. Source: examples/zeshel/create_BLINK_zeshel_data.py.
 * @throws as `readBenchmark`
 */
export async function* toBlinkZeshel(
  { name, lines }: BenchmarkInput,
  documents: ZeshelDocuments,
): AsyncGenerator<BlinkZeshelRecord> {
  for await (const { number, text } of lines) {
    if (text.trim() === '') continue;
    const place = { file: name, line: number };
    const fields = parseObject(text, place, zeshelExample);
    const { world, left, surface, right, labelRow } = await findWindow(
      { ...place, fields, example: zeshelExample },
      documents,
    );
    const entity = await documents.read(world, labelRow);
    if (!entity) throw vanished(documents, world, labelRow);
    yield {
      context_left: left.join(' ').toLowerCase(),
      context_right: right.join(' ').toLowerCase(),
      mention: surface.toLowerCase(),
      label: entity.text,
      label_id: labelRow,
      label_title: entity.title,
      world,
    };
  }
}

function vanished({ name }: ZeshelDocuments, world: string, row: number): ReferentError {
  return new ReferentError('ZESHEL_INVALID_DOCUMENT', {
    what: `Line ${row} of ${world} in ${name} is gone.`,
    why: 'The file changed while it was read.',
    fix: 'Run the same call again.',
    details: { world, row },
  });
}

/** One line as Python's json.dumps writes it, so that the files can be compared byte by byte. */
export function toPythonJson(record: Readonly<Record<string, string | number>> | BlinkZeshelRecord): string {
  const parts = Object.entries(record).map(([key, value]) => `${asciiJson(key)}: ${asciiJson(value)}`);
  return `{${parts.join(', ')}}`;
}

function asciiJson(value: string | number): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
