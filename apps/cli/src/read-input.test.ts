import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from './io.js';
import { readDocuments } from './read-documents.js';
import { linesOf, openInput } from './read-input.js';
import { readMentions } from './read-mentions.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'referent-input-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

function ioOf(...stdin: (string | Buffer)[]): Io {
  const stdout = new Writable();
  const input = Readable.from(stdin.map((chunk) => Buffer.from(chunk)));
  return { stdin: input, stdout, stderr: stdout, env: {}, cwd, signal: new AbortController().signal };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function fileOf(name: string, content: string | Buffer) {
  await writeFile(join(cwd, name), content);
  return openInput(name, ioOf());
}

describe('an input', () => {
  it('that is not there, or a folder, is refused before it is read', async () => {
    await expect(openInput('none.txt', ioOf())).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
    await expect(openInput('.', ioOf())).rejects.toThrow('It is a folder');
  });

  it.each([
    ['cut off', gzipSync('some words').subarray(0, 20), 'cut off'],
    ['damaged', Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(20, 255)]), 'damaged'],
  ])('whose gzip data is %s says so', async (_, bytes, words) => {
    const input = await fileOf('a.txt.gz', bytes);
    await expect(all(input.chunks)).rejects.toThrow(words);
  });

  it('is cut at LF only, wherever its chunks end, and loses its mark', async () => {
    const bytes = Buffer.from('\uFEFFé\u2028a\r\n\nb\rc\nlast');
    const expected = ['é\u2028a\r', '', 'b\rc', 'last'].map((text, i) => ({ number: i + 1, text }));
    for (const size of [1, 2, 5, 100]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await all(linesOf(await openInput('-', ioOf(...chunks))))).toEqual(expected);
    }
  });
});

describe('documents', () => {
  const read = async (content: string, name = '-', format: 'auto' | 'text' | 'jsonl' = 'auto') => {
    const problems: string[] = [];
    const input = name === '-' ? await openInput('-', ioOf(content)) : await fileOf(name, content);
    const documents = await all(
      readDocuments(input, format, ({ file, line, reason }) => problems.push(`${file}:${line} ${reason}`)),
    );
    return { documents, problems };
  };

  it.each([
    [' \n {"id": 5, "text": "a"}', '-', 'auto', [{ id: '5', text: 'a' }]],
    ['{"text": "a"}', 'a.jsonl', 'auto', [{ id: '1', text: 'a' }]],
    ['{"text": "a"}', 'a.dat', 'auto', [{ id: '1', text: 'a' }]],
    ['{"text": "a"}', 'a.txt', 'auto', [{ id: '1', text: '{"text": "a"}' }]],
    ['{braces}', '-', 'text', [{ id: '1', text: '{braces}' }]],
    ['two\nlines', '-', 'auto', [{ id: '1', text: 'two\nlines' }]],
    ['', '-', 'auto', [{ id: '1', text: '' }]],
    ['', 'a.jsonl', 'auto', []],
    [
      '{"id":"a","text":"b","mentions":[{"start":0,"end":1,"note":2}],"world":"w"}',
      '-',
      'jsonl',
      [{ id: 'a', text: 'b', mentions: [{ start: 0, end: 1 }], world: 'w' }],
    ],
    [
      '{"id":"a","context_left":"l ","mention":"m"}',
      '-',
      'jsonl',
      [{ id: 'a', contextLeft: 'l ', surface: 'm', contextRight: '' }],
    ],
  ] as const)('%j in %s as %s', async (content, name, format, expected) => {
    expect(await read(content, name, format)).toEqual({ documents: expected, problems: [] });
  });

  it.each([
    ['nonsense', 'not JSON'],
    ['null', 'a JSON object is needed'],
    ['[1]', 'neither a "text" nor a "mention"'],
    ['{"text": 5}', 'neither a "text" nor a "mention"'],
    ['{"text": "a", "mentions": [{"start": "0"}]}', '"mentions" must be a list'],
    ['{"text": "a", "mentions": [null]}', '"mentions" must be a list'],
    ['{"mention": "a", "context_left": 1}', '"context_left" must be a string'],
    ['{"mention": "a", "context_right": 1}', '"context_right" must be a string'],
  ])('the bad line %j is a problem, and the next one is read', async (line, reason) => {
    const { documents, problems } = await read(`${line}\n{"text": "good"}\n`, '-', 'jsonl');
    expect(documents).toEqual([{ id: '2', text: 'good' }]);
    expect(problems).toEqual([expect.stringContaining(`standard input:1 `)]);
    expect(problems[0]).toContain(reason);
  });
});

describe('mentions with known answers', () => {
  it('have one right entity, several, or none', async () => {
    const lines = ['"a"', '["a", 2]', 'null'].map((label) => `{"mention": "m", "label_id": ${label}, "world": "w"}`);
    const mentions = await all(readMentions(await fileOf('m.jsonl', `${lines.join('\n')}\n\n`)));
    expect(mentions.map(({ id, labels }) => [id, labels])).toEqual([
      ['1', ['a']],
      ['2', ['a', '2']],
      ['3', []],
    ]);
    expect(mentions[0]?.mention).toEqual({ contextLeft: '', surface: 'm', contextRight: '', world: 'w' });
  });

  it.each([
    ['x', 'not JSON'],
    ['null', 'a JSON object is needed'],
    ['{"label_id": "a"}', '"mention" must be a string'],
    ['{"mention": "m"}', '"label_id" is missing'],
    ['{"mention": "m", "label_id": "a", "context_left": 0}', '"context_left" must be a string'],
    ['{"mention": "m", "label_id": "a", "context_right": 0}', '"context_right" must be a string'],
  ])('stop at the bad line %j and name it', async (line, reason) => {
    const reading = all(readMentions(await fileOf('m.jsonl', `\n${line}\n`)));
    await expect(reading).rejects.toMatchObject({ code: 'MENTIONS_INVALID_LINE', details: { line: 2 } });
    await expect(reading).rejects.toThrow(reason);
  });
});
