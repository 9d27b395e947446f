import { Readable, Writable } from 'node:stream';
import type { LinkedMention } from '@referent/core';
import { describe, expect, it } from 'vitest';
import { createContext } from '../command-context.js';
import { createDocumentWriter, type OutputFormat, type WrittenDocument } from './document-writer.js';

const mention: LinkedMention = {
  start: 0,
  end: 5,
  surface: 'Paris',
  entity: { id: 'q90', title: 'Paris "x"\n', text: 'the capital' },
  score: 1,
  probability: 0.5,
  candidates: [],
};

async function written(format: OutputFormat, documents: readonly WrittenDocument[]): Promise<string> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const signal = new AbortController().signal;
  const context = createContext({ stdin: Readable.from([]), stdout, stderr: stdout, env: {}, cwd: '/', signal }, {});
  const writer = createDocumentWriter(context, format, { knowledgeBase: 'products.kb', model: 'tiny' });
  for (const document of documents) await writer.write(document);
  await writer.end();
  return text;
}

const none = { id: 'none', mentions: [] };
const two = { id: 'two "', text: 'Paris', mentions: [mention, mention] };

describe('documents', () => {
  it.each([[[]], [[none]], [[two]], [[none, two, none]]])('as JSON are one valid list', async (documents) => {
    const list = JSON.parse(await written('json', documents)) as { id: string; mentions: { surface: string }[] }[];
    expect(list.map(({ id, mentions }) => [id, mentions.length])).toEqual(
      documents.map(({ id, mentions }) => [id, mentions.length]),
    );
  });

  it('as JSON are indented as JSON.stringify does it', async () => {
    const text = await written('json', [none, two]);
    const expected = JSON.stringify(JSON.parse(text), null, 2);
    expect(text).toBe(`${expected}\n`);
  });

  it('as JSONL are a line each', async () => {
    const text = await written('jsonl', [two, none]);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { id: 'two "', mentions: [{ entity: { title: 'Paris "x"\n' } }, {}] },
      { id: 'none', mentions: [] },
    ]);
  });

  it('for people have an empty line between them', async () => {
    expect(
      await written('pretty', [
        { ...two, mentions: [mention] },
        { ...none, text: 'Nobody.' },
      ]),
    ).toMatch(/^Paris\n\nParis {2}50 % {2}Paris "x" q90\n +the capital\n\nNobody\.\n/);
  });

  it('with more mentions than one write holds come out whole', async () => {
    const long = { id: 'long', mentions: Array.from({ length: 2000 }, () => mention) };
    const [line] = (await written('jsonl', [long])).split('\n');
    expect((JSON.parse(line!) as { mentions: object[] }).mentions).toHaveLength(2000);
  });
});
