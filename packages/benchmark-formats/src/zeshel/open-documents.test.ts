import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenZeshelDocuments, openZeshelDocuments } from '../node.js';

let folder: string;
let documents: OpenZeshelDocuments;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referent-zeshel-'));
  documents = openZeshelDocuments(folder);
});
afterEach(async () => {
  await documents.close();
  await rm(folder, { recursive: true, force: true });
});

const document = (i: number, size = 5) => ({ document_id: `d${i}`, title: `t${i}`, text: `ü${'x'.repeat(size)} ${i}` });
const write = (world: string, lines: readonly (object | string)[], end = '\n') =>
  writeFile(
    join(folder, `${world}.json`),
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n') + end,
  );

it.each(['\n', ''])(
  'finds documents by id and row, also those across the edges of its buffer (end %j)',
  async (end) => {
    const sizes = [5, 700_000, 600_000, 0, 1_500_000, 3];
    await write(
      'lego',
      sizes.map((size, i) => document(i, size)),
      end,
    );
    for (const [i, size] of sizes.entries()) {
      expect(await documents.rowOf('lego', `d${i}`)).toBe(i);
      expect(await documents.read('lego', i)).toEqual({ id: `d${i}`, title: `t${i}`, text: document(i, size).text });
    }
    expect(await documents.rowOf('lego', 'd9')).toBeUndefined();
    for (const row of [-1, 6, 0.5]) expect(await documents.read('lego', row)).toBeUndefined();
  },
);

describe('a world', () => {
  it.each(['atlantis', '..', '../x', 'a/b', ''])('%j without documents gives ZESHEL_NO_WORLD', async (world) => {
    await expect(documents.rowOf(world, 'd1')).rejects.toMatchObject({
      code: 'ZESHEL_NO_WORLD',
      details: { folder, world },
    });
  });

  it('is looked for again after a failure', async () => {
    await expect(documents.rowOf('lego', 'd1')).rejects.toMatchObject({ code: 'ZESHEL_NO_WORLD' });
    await write('lego', [document(1)]);
    expect(await documents.rowOf('lego', 'd1')).toBe(0);
  });

  it.each(['{"document_id": "a"', '[]', '{"document_id": "a", "title": "b"}'])(
    'with the line %s gives ZESHEL_INVALID_DOCUMENT, naming it',
    async (line) => {
      await write('lego', [document(0), line]);
      await expect(documents.rowOf('lego', 'd0')).rejects.toMatchObject({
        code: 'ZESHEL_INVALID_DOCUMENT',
        details: { file: join(folder, 'lego.json'), line: 2 },
      });
    },
  );

  it('that is a folder gives ZESHEL_NO_WORLD', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, 'lego.json'));
    await expect(documents.rowOf('lego', 'd0')).rejects.toMatchObject({ code: 'ZESHEL_NO_WORLD' });
  });
});
