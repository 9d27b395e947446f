import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.js';
import { openTorchCheckpoint } from '../checkpoint.js';
import { openTorchFile } from './open-torch-file.js';
import { writeSafetensorsFile } from './write-safetensors-file.js';

const goldenPath = (name: string) => fileURLToPath(new URL(`../../test/goldens/${name}.bin`, import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torch-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(['views.zip', 'views.legacy'])('reads %s from the disk as from memory', async (name) => {
  const memory = await openTorchCheckpoint(bytesSource(await readFile(goldenPath(name))));
  const file = await openTorchFile(goldenPath(name));
  expect(file.tensors).toEqual(memory.tensors);
  for (const { name: key } of file.tensors) expect(await file.tensor(key)).toEqual(await memory.tensor(key));
  await file.close();
});

it('is closed by the end of its block', async () => {
  const read = async () => {
    await using file = await openTorchFile(goldenPath('views.zip'));
    return file;
  };
  const file = await read();
  await expect(file.tensor(file.tensors[0]!.name)).rejects.toThrow(/closed/);
});

it('says which file cannot be read, and why', async () => {
  const missing = {
    code: 'TORCH_FILE_UNREADABLE',
    message: expect.stringMatching(/none\.bin cannot be read.*ENOENT/s),
  };
  await expect(openTorchFile(join(folder, 'none.bin'))).rejects.toMatchObject(missing);
  await expect(openTorchFile(folder)).rejects.toMatchObject({ code: 'TORCH_FILE_UNREADABLE' });
  const evil = goldenPath('refused-evil.zip');
  await expect(openTorchFile(evil)).rejects.toMatchObject({ code: 'TORCH_REFUSED_GLOBAL', details: { file: evil } });
});

it('writes a whole safetensors file or none', async () => {
  const source = join(folder, 'x.bin');
  const target = join(folder, 'x.safetensors');
  await writeFile(source, await readFile(goldenPath('plain.legacy')));
  const file = await openTorchFile(source);
  await writeSafetensorsFile(target, file, { rename: () => 'vectors' });
  const written = await readFile(target);
  expect(written.subarray(-140)).toEqual((await readFile(source)).subarray(-140));
  await truncate(source, 300);
  await expect(writeSafetensorsFile(target, file)).rejects.toMatchObject({ code: 'TORCH_TRUNCATED' });
  expect(await readFile(target)).toEqual(written);
  expect((await readdir(folder)).sort()).toEqual(['x.bin', 'x.safetensors']);
  const nowhere = join(folder, 'none', 'x.safetensors');
  await expect(writeSafetensorsFile(nowhere, file)).rejects.toMatchObject({ code: 'TORCH_FILE_UNWRITABLE' });
  await file.close();
});
