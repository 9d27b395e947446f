import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countRecords } from './count-records.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referent-count-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['', 0],
  ['\n\n', 0],
  ['{}', 1],
  ['{}\n', 1],
  ['{}\r\n\r\n  \n{}\n \t', 2],
  [`${'x'.repeat(5_000_000)}\n${' '.repeat(5_000_000)}\ny`, 2],
])('counts lines that hold something: case %#', async (text, expected) => {
  const path = join(folder, 'file');
  await writeFile(path, text);
  expect(await countRecords(path)).toBe(expected);
});

it('says which file cannot be read, and stops when it is told to', async () => {
  await expect(countRecords(join(folder, 'none'))).rejects.toMatchObject({ code: 'IMPORT_FILE_UNREADABLE' });
  await writeFile(join(folder, 'file'), 'x');
  await expect(countRecords(join(folder, 'file'), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
