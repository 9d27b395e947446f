import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type OpenEntitySourceOptions, openEntitySource } from './open-source.js';
import type { SourceItem, SourcePosition } from './source.js';

const folder = mkdtempSync(join(tmpdir(), 'referent-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, options: OpenEntitySourceOptions = {}, from?: SourcePosition): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  const source = await openEntitySource(path, options);
  for await (const item of source.read({ from })) items.push(item);
  return items;
}

const short = ({ line, entity, problem }: SourceItem) =>
  `${line} ${entity ? `${entity.id}=${entity.title}` : ''}${problem ? `!${problem.code}` : ''}`;
const line = (id: number, title = `T${id}`) => JSON.stringify({ id, title, text: 'd' });

describe('JSONL', () => {
  it('names file, line and reason of what it cannot read, and goes on', async () => {
    const path = write('bad.jsonl', `${line(1)}\n{"id": 2, "title"\n\n[]\n${line(5)}`);
    const items = await read(path);
    expect(items.map(short)).toEqual(['1 1=T1', '2 !malformed-line', '4 !not-an-object', '5 5=T5']);
    expect(items[1]!.problem).toMatchObject({ file: path, line: 2, reason: expect.stringContaining('not JSON') });
  });

  it('reads other keys as the columns say, and finds what they do not speak of by its own name', async () => {
    const record = { sku: 7, name: 'Lamp', id: 'not this', description: 'Gives light.', tags: ['Light'] };
    const path = write('keys.jsonl', `${JSON.stringify(record)}\nnull\n`);
    const items = await read(path, { columns: { id: 'sku', title: 'name', aliases: 'tags' } });
    expect(items[0]!.entity).toEqual({ id: '7', title: 'Lamp', text: 'Gives light.', aliases: ['Light'] });
    expect(items[1]!.problem).toMatchObject({ code: 'not-an-object' });
  });

  it.each([
    ['BOM, CRLF and no newline at the end', `\uFEFF${line(1)}\r\n${line(2)}`],
    ['separators that are no ends of lines', `${line(1)}\n${line(2)}\n`],
    ['gzip', gzipSync(`${line(1)}\n${line(2)}\n`)],
    ['two gzip members', Buffer.concat([gzipSync(`${line(1)}\n`), gzipSync(line(2))])],
  ])('reads %s', async (name, content) => {
    expect((await read(write(`${name.length}.jsonl`, content))).map(short)).toEqual(['1 1=T1', '2 2=T2']);
  });

  it('does not cut a line at U+2028 or a lone carriage return', async () => {
    const path = write(
      'separators.jsonl',
      `{"id":"a","title":"x\u2028y","text":"d"}\n {"id":"b",\r"title":"z","text":"d"}\n`,
    );
    expect((await read(path)).map(short)).toEqual(['1 a=x\u2028y', '2 b=z']);
  });

  it('reads texts of 10 MB, and passes over lines of more than 64', async () => {
    const text = 'word '.repeat(2 * 1024 * 1024).trim();
    const long = JSON.stringify({ id: 'long', title: 'L', text });
    const endless = Buffer.alloc(65 * 1024 * 1024, 'x');
    const path = write('long.jsonl', Buffer.concat([Buffer.from(`${long}\n`), endless, Buffer.from(`\n${line(3)}\n`)]));
    const items = await read(path);
    expect(items.map(short)).toEqual(['1 long=L', '2 !line-too-long', '3 3=T3']);
    expect(items[0]!.entity!.text).toBe(text);
  });

  it('warns of bytes that are not UTF-8', async () => {
    const path = write('latin1.jsonl', Buffer.from('{"id":"a","title":"Café","text":"d"}', 'latin1'));
    expect((await read(path)).map(short)).toEqual(['1 a=Caf\uFFFD!invalid-utf8']);
  });

  it('cleans escapes that stand for no character', async () => {
    const path = write('surrogate.jsonl', '{"id":"a","title":"x\\ud800","text":"n\\u0000l"}');
    expect((await read(path))[0]!.entity).toEqual({ id: 'a', title: 'x\uFFFD', text: 'n\uFFFDl' });
  });

  it('goes on from any position, packed or not', async () => {
    const content = `${line(1)}\nnothing\n\n${line(4)}\n${line(5)}\n`;
    for (const path of [write('resume.jsonl', content), write('resume.jsonl.gz', gzipSync(content))]) {
      const all = await read(path);
      for (const [i, { position }] of all.entries()) {
        expect(await read(path, {}, position)).toEqual(all.slice(i + 1));
      }
    }
  });

  it('reads an empty file as no entities', async () => {
    expect(await read(write('empty.jsonl', ''))).toEqual([]);
  });
});

describe('CSV and TSV', () => {
  it('reads quotes, line ends inside fields, aliases; counts lines as an editor does', async () => {
    const path = write(
      'e.csv',
      'id,title,text,aliases\n1,"Paris, Texas","a\nb",P|Lutetia\r\n2,Troy,d,\n3,short\n,No id,d,\n5,"She said ""no""",d,\n',
    );
    const items = await read(path);
    expect(items.map(short)).toEqual([
      '2 1=Paris, Texas',
      '4 2=Troy',
      '5 !malformed-line',
      '6 !missing-id',
      '7 5=She said "no"',
    ]);
    expect(items[0]!.entity).toEqual({ id: '1', title: 'Paris, Texas', text: 'a\nb', aliases: ['P', 'Lutetia'] });
    for (const [i, { position }] of items.entries()) expect(await read(path, {}, position)).toEqual(items.slice(i + 1));
  });

  it('takes other column names, no header, and gzip', async () => {
    const tsv = write('e.tsv.gz', gzipSync('Q1\tA "quoted" name\tsome text\n'));
    const options = { header: ['qid', 'label', 'about'], columns: { id: 'qid', title: 'label', text: 'about' } };
    expect((await read(tsv, options))[0]!.entity).toEqual({ id: 'Q1', title: 'A "quoted" name', text: 'some text' });
  });

  it('refuses a file without the needed columns, and a quote that never ends', async () => {
    await expect(read(write('h.csv', 'name,text\na,b\n'))).rejects.toMatchObject({ code: 'KB_SOURCE_FORMAT' });
    await expect(read(write('q.csv', 'id,title\n1,"open\n2,b\n'))).rejects.toMatchObject({ code: 'KB_SOURCE_BROKEN' });
  });

  it('names a record with a misplaced quote, and goes on', async () => {
    const path = write('m.csv', 'id,title\n1,a\n2,b"c\n3,d\n');
    expect((await read(path)).map(short)).toEqual(['2 1=a!missing-text', '3 !malformed-line', '4 3=d!missing-text']);
  });
});

describe('Zeshel documents', () => {
  it('takes the world from the file, of one file or a folder', async () => {
    const documents = join(folder, 'documents');
    mkdirSync(documents);
    const document = (id: string) => JSON.stringify({ document_id: id, title: id, text: 'd' });
    writeFileSync(join(documents, 'yugioh.json'), `${document('y1')}\n`);
    writeFileSync(join(documents, 'lego.json'), `${document('l1')}\n${document('l2')}\n`);
    const items = await read(documents);
    expect(items.map(({ entity }) => `${entity!.world}:${entity!.id}`)).toEqual(['lego:l1', 'lego:l2', 'yugioh:y1']);
    expect((await read(join(documents, 'lego.json'))).map(({ entity }) => entity!.world)).toEqual(['lego', 'lego']);
    expect((await read(documents, {}, items[1]!.position)).map(short)).toEqual(['1 y1=y1']);
  });
});

describe('openEntitySource', () => {
  it.each([
    ['a JSON list', 'list.json', '[{"id":1}]'],
    ['UTF-16', 'wide.jsonl', Buffer.from('\uFEFF{}', 'utf16le')],
    ['plain text', 'notes.txt', 'Dear diary'],
  ])('says why it does not know %s', async (_, name, content) => {
    await expect(openEntitySource(write(name, content))).rejects.toMatchObject({ code: 'KB_SOURCE_FORMAT' });
  });

  it('refuses what is not there, what is cut off, and a folder of other things', async () => {
    await expect(openEntitySource(join(folder, 'none'))).rejects.toMatchObject({ code: 'KB_SOURCE_NOT_FOUND' });
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, i) => line(i)).join('\n'));
    await expect(read(write('cut.jsonl.gz', packed.subarray(0, -2000)))).rejects.toMatchObject({
      code: 'KB_SOURCE_BROKEN',
    });
    mkdirSync(join(folder, 'other'));
    await expect(openEntitySource(join(folder, 'other'))).rejects.toMatchObject({ code: 'KB_SOURCE_FORMAT' });
  });

  it('has an identity that changes with the file', async () => {
    const path = write('same.jsonl', line(1));
    const { identity } = await openEntitySource(path);
    expect((await openEntitySource(path)).identity).toEqual(identity);
    write('same.jsonl', `${line(1)}\n${line(2)}`);
    expect((await openEntitySource(path)).identity).not.toEqual(identity);
  });
});
