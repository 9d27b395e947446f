import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const fixtures = new URL('../../../packages/benchmark-formats/test/fixtures/', import.meta.url);
const fixture = (name: string) => fileURLToPath(new URL(name, fixtures));

it("takes the files of other benchmarks, and gives BLINK's figures where it is asked to", async () => {
  const cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, 'tiny'), { withReranker: true });
  const entities = [
    ...[77, 1204, 1205].map((curid) => ({
      idx: `https://en.wikipedia.org/wiki?curid=${curid}`,
      title: `Page ${curid}`,
    })),
    { idx: 'Q900001', title: 'Anna Weir' },
    { idx: 'Q900005', title: 'Tarn (river)' },
  ];
  await writeFile(
    join(cwd, 'entity.jsonl'),
    entities.map((it) => JSON.stringify({ ...it, text: 'A thing.' })).join('\n'),
  );
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await referent([...argv, '--precision', 'float32'], { cwd });
    expect(code, stderr).toBe(0);
    return stdout;
  };
  await run('build', '--entities', 'entity.jsonl', '--model', 'tiny', '--backend', 'exact', '--out', 'kb');
  const totals = async (file: string, ...more: string[]) => {
    const argv = [
      'evaluate',
      '--kb',
      'kb',
      '--candidates',
      '5',
      '--mentions',
      file.includes('/') ? file : fixture(file),
    ];
    const report = JSON.parse(await run(...argv, '--json', ...more)) as { all: Record<string, unknown> };
    const { mentions, total, kept } = report.all;
    return { mentions, total, kept };
  };
  // mentions, those that are not NIL, those whose entity the knowledge base has
  expect(await totals('blink.jsonl')).toEqual({ mentions: 3, total: 2, kept: 2 });
  expect(await totals('kilt.jsonl')).toEqual({ mentions: 2, total: 2, kept: 2 });
  expect(await totals('elevant.jsonl')).toEqual({ mentions: 4, total: 3, kept: 2 });
  expect(await totals('nif.ttl')).toEqual({ mentions: 3, total: 2, kept: 1 });
  expect(await totals('nif.ttl', '--labels', 'titles')).toEqual({ mentions: 3, total: 2, kept: 2 });
  expect(await totals('blink.jsonl', '--format', 'referent')).toEqual({ mentions: 3, total: 2, kept: 2 });

  const compatible = ['evaluate', '--kb', 'kb', '--mentions', fixture('blink.jsonl'), '--candidates', '5', '--compat'];
  const figures = JSON.parse(await run(...compatible, '--json')) as Record<string, number>;
  expect(figures).toMatchObject({ topK: 5, support: 2, kept: 2, zeshel: null });
  expect(figures.overallUnnormalizedAccuracy).toBe(figures.crossEncoderNormalizedAccuracy);
  expect(await run(...compatible)).toMatch(
    /^biencoder accuracy: \d\.\d{4}\nbiencoder recall@5: \d\.\d{4}\ncrossencoder normalized accuracy: \d\.\d{4}\noverall unnormalized accuracy: \d\.\d{4}\nsupport: 2\n$/,
  );
  const both = await referent([...compatible, '--report', 'out'], { cwd });
  expect({ code: both.code, stderr: both.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('--report') as string,
  });
});
