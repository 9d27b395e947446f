import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Entity, isReferentError } from '@referent/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDelimited } from './delimited.js';
import type { FileRecord, ParseFile } from './file-source.js';
import { parseJsonLines } from './json-lines.js';
import { openEntitySource } from './open-source.js';
import type { SourceItem } from './source.js';

const folder = mkdtempSync(join(tmpdir(), 'referent-source-properties-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const word = fc.constantFrom('Paris', 'é', '😀', '中', '"', "'", ',', ';', '\\', 'a b', '\u2028', '\u00a0', '|', '#');
const field = fc
  .array(fc.oneof(word, fc.constantFrom('\n', '\r\n', '\t', ' ')), { maxLength: 6 })
  .map((parts) => parts.join('').trim());
const filled = fc
  .tuple(
    word.filter((it) => it.trim() !== ''),
    field,
  )
  .map((parts) => parts.join('').trim());
const entity = fc.record({
  id: filled,
  title: filled,
  text: filled,
  aliases: fc.uniqueArray(
    filled.map((it) => it.replaceAll('|', '/')),
    { maxLength: 3 },
  ),
  world: fc.option(filled, { nil: undefined }),
});
const entities = fc.array(entity, { maxLength: 5 });

const expected = ({ id, title, text, aliases, world }: Entity & { aliases: string[] }): Entity => {
  const others = aliases.filter((alias) => alias !== title);
  return { id, title, text, ...(others.length > 0 && { aliases: others }), ...(world !== undefined && { world }) };
};

async function parseAll(parse: ParseFile, bytes: Buffer, size: number, skip = 0): Promise<FileRecord[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const records: FileRecord[] = [];
  for await (const batch of parse(chunks(), { path: 'given', skip, world: undefined })) records.push(...batch);
  return records;
}

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
const writers: Record<string, [parse: ParseFile, write: (list: readonly Entity[], end: string) => string]> = {
  JSONL: [parseJsonLines(), (list, end) => list.map((it) => `${JSON.stringify(it)}${end}`).join('')],
  CSV: [
    parseDelimited(','),
    (list, end) =>
      [
        ['id', 'title', 'text', 'aliases', 'world'],
        ...list.map(({ id, title, text, aliases, world }) => [id, title, text, aliases!.join('|'), world ?? '']),
      ]
        .map((row) => `${row.map(quoted).join(',')}${end}`)
        .join(''),
  ],
};

describe.each(Object.entries(writers))('%s', (_, [parse, write]) => {
  it('gives back what was written, wherever the bytes are cut, and the rest from any place on', async () => {
    await fc.assert(
      fc.asyncProperty(
        entities,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (list, end, bom, size) => {
          const bytes = Buffer.from((bom ? '\ufeff' : '') + write(list as Entity[], end));
          const records = await parseAll(parse, bytes, size);
          expect(records.map(({ entity: found }) => found)).toEqual(
            list.map((it) => expected(it as Entity & { aliases: string[] })),
          );
          for (const [i, { record }] of records.entries()) {
            expect(await parseAll(parse, bytes, 7, record)).toEqual(records.slice(i + 1));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('files of any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(
          '{"id":1,',
          '"title":"T"',
          '}',
          '\n',
          '\r\n',
          ',',
          '"',
          'id,title',
          'a,b',
          '\t',
          '\u0000',
          '[]',
          'null',
          '7',
          '{"id":{},"title":[]}',
        ),
        { maxLength: 12 },
      )
      .map((parts) => Buffer.from(parts.join(''))),
  );

  it.each(['jsonl', 'csv', 'tsv'])('as %s give entities, problems with a place, or an error in words', async (kind) => {
    const path = join(folder, `any.${kind}`);
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        writeFileSync(path, content);
        const items: SourceItem[] = [];
        try {
          for await (const item of (await openEntitySource(path)).read({})) items.push(item);
        } catch (error) {
          if (!isReferentError(error)) throw error;
          expect(error.code).toMatch(/^KB_SOURCE_(FORMAT|BROKEN)$/);
        }
        let line = 0;
        for (const item of items) {
          expect(item.entity ?? item.problem).toBeDefined();
          expect(item.line).toBeGreaterThanOrEqual(line);
          if (item.entity) expect([item.entity.id.trim(), item.entity.title.trim()]).not.toContain('');
          ({ line } = item);
        }
      }),
      { numRuns: 150 },
    );
  });
});
