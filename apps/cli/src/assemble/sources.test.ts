import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Io } from '../io.js';
import { openSources, type SourceOptions } from './sources.js';

let io: Io;
beforeEach(async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'referent-sources-'));
  const output = new Writable();
  io = { stdin: Readable.from([]), stdout: output, stderr: output, env: {}, cwd, signal: new AbortController().signal };
});
afterEach(() => rm(io.cwd, { recursive: true, force: true }));

async function read(options: SourceOptions) {
  const entities = [];
  for (const source of await openSources({ io }, options)) {
    for await (const { entity } of source.read()) if (entity) entities.push(entity);
  }
  return entities;
}

it('reads the columns that it is told, of a file that is what it is told', async () => {
  await writeFile(join(io.cwd, 'terms.dat'), 'code,term\n7,Spline\n');
  const options = { entities: ['terms.dat'], columns: ' id = code, title=term ' };
  expect(await read({ ...options, entitiesFormat: 'csv' })).toMatchObject([{ id: '7', title: 'Spline' }]);
  await expect(read(options)).rejects.toMatchObject({ code: 'KB_SOURCE_FORMAT' });
});

it('reads WordNet, as much of it as is asked for', async () => {
  const [source] = await openSources({ io }, { from: 'wordnet' });
  const [nouns] = await openSources({ io }, { from: 'wordnet', scope: 'nouns' });
  expect(source?.identity).not.toEqual(nouns?.identity);
  expect(await read({ from: 'wordnet' })).toHaveLength(7742);
});

it.each([
  [{}, 'There are no entities'],
  [{ entities: ['a'], from: 'wordnet' }, 'not both'],
  [{ entities: ['a'], scope: 'nouns' }, '--scope belongs to --from'],
  [{ entities: ['a'], columns: 'id' }, 'each part is field=column'],
  [{ entities: ['a'], columns: 'id=a=b' }, 'each part is field=column'],
  [{ entities: ['a'], columns: 'name=a' }, "no field 'name'"],
  [{ entities: ['a'], columns: 'id=a,id=b' }, "'id' is given twice"],
] as const)('refuses %j', async (options, words) => {
  const opening = openSources({ io }, options);
  await expect(opening).rejects.toMatchObject({ code: 'USAGE' });
  await expect(opening).rejects.toThrow(words);
});
