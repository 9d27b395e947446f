import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const formats = new URL('../../../packages/benchmark-formats/test/', import.meta.url);
const raw = fileURLToPath(new URL('fixtures/zeshel', formats));
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('zeshel prepare', () => {
  it('cuts the mentions of every split out of their documents', async () => {
    const cwd = await temporaryFolder();
    const { code, stdout, stderr } = await referent(['zeshel', 'prepare', raw, 'out'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('train: 0 mentions\nvalid: 0 mentions\ntest: 5 mentions\n');
    expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['test.jsonl', 'train.jsonl', 'valid.jsonl']);
    const lines = linesOf(await readFile(join(cwd, 'out', 'test.jsonl'), 'utf8'));
    expect(JSON.parse(lines[2]!)).toEqual({
      id: 'M3',
      context_left: 'Captain Blue Captain Blue sails from ',
      mention: 'oldtown',
      context_right: ' to the moon .',
      label_id: 'L2',
      world: 'lego',
      overlap: 'high_overlap',
    });
  });

  it("--compat writes BLINK's files byte for byte", async () => {
    const cwd = await temporaryFolder();
    const { code, stdout } = await referent(['zeshel', 'prepare', raw, 'out', '--compat', '--json'], { cwd });
    expect({ code, summary: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      summary: { folder: join(cwd, 'out'), mentions: { train: 0, valid: 0, test: 5 } },
    });
    const golden = await readFile(new URL('goldens/blink-zeshel.jsonl', formats), 'utf8');
    expect(await readFile(join(cwd, 'out', 'test.jsonl'), 'utf8')).toBe(golden);
  });

  it('names the file and line of a mention that lies outside its document, and leaves nothing half written', async () => {
    const cwd = await temporaryFolder();
    await cp(raw, join(cwd, 'raw'), { recursive: true });
    const file = join(cwd, 'raw', 'mentions', 'test.json');
    const lines = linesOf(await readFile(file, 'utf8'));
    lines[3] = lines[3]!.replace('"end_index": 7', '"end_index": 700');
    await writeFile(file, lines.join('\n'));
    const { code, stderr } = await referent(['zeshel', 'prepare', 'raw', 'out'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('MENTIONS_SPAN_OUTSIDE_TEXT');
    expect(stderr).toContain('test.json, line 4');
    expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['train.jsonl', 'valid.jsonl']);
  });

  it('says which split or world is missing', async () => {
    const cwd = await temporaryFolder();
    await cp(raw, join(cwd, 'raw'), { recursive: true });
    await rm(join(cwd, 'raw', 'documents', 'yugioh.json'));
    const world = await referent(['zeshel', 'prepare', 'raw', 'out'], { cwd });
    expect(world.code).toBe(1);
    expect(world.stderr).toContain('ZESHEL_NO_WORLD');
    await rm(join(cwd, 'raw', 'mentions', 'val.json'));
    const split = await referent(['zeshel', 'prepare', 'raw', 'out'], { cwd });
    expect(split.code).toBe(1);
    expect(split.stderr).toContain('ZESHEL_NO_SPLIT');
  });

  it('says where it cannot write', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'out'), 'a file');
    const { code, stderr } = await referent(['zeshel', 'prepare', raw, 'out'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('ZESHEL_NOT_WRITABLE');
  });

  it.each([
    [['zeshel', 'prepare', raw], 'no folder to write to'],
    [['zeshel', 'evaluate', raw, 'out'], 'writes no folder'],
    [['zeshel', 'evaluate', raw, '--split', 'dev'], 'Allowed choices'],
    [['zeshel', 'train', raw], 'Allowed choices'],
  ])('%j is a wrong call', async (argv, words) => {
    const { code, stderr } = await referent(argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) as string });
  });
});

describe('zeshel evaluate', () => {
  it('retrieves among the documents of the world, exactly, in both modes; the worlds are encoded once', async () => {
    const cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, 'tiny'));
    const run = async (...more: string[]) => {
      const argv = [
        'zeshel',
        'evaluate',
        raw,
        '--model',
        'tiny',
        '--candidates',
        '3',
        '--precision',
        'float32',
        ...more,
      ];
      const { code, stdout, stderr } = await referent([...argv, '--json', '--cache', 'cache'], { cwd });
      expect(code, stderr).toBe(0);
      return { report: JSON.parse(stdout) as Record<string, unknown>, stderr };
    };
    const first = await run();
    expect(first.stderr).toContain('Building a knowledge base of 2 worlds');
    // lego has three documents and yugioh two: with three candidates all are retrieved.
    expect(first.report.all).toMatchObject({ total: 5, kept: 5, recall: [{ k: 1 }, { k: 3, value: 1 }] });
    expect((first.report.worlds as { name: string; total: number }[]).map(({ name, total }) => [name, total])).toEqual([
      ['lego', 3],
      ['yugioh', 2],
    ]);
    const second = await run();
    expect(second.stderr).not.toContain('Building');
    expect(second.report).toEqual(first.report);

    const blink = await run('--compat');
    expect(blink.stderr, 'entities are read otherwise').toContain('Building');
    expect(blink.report).toMatchObject({ topK: 3, support: 5, crossEncoderNormalizedAccuracy: null });
    // recall@3 counts two candidates: all of yugioh, and of lego those that are not last.
    const { all } = blink.report.zeshel as { all: { total: number } };
    expect(all.total).toBe(5);
    expect(blink.report.recallAtTopK).toBeLessThanOrEqual(1);
    const texts = await run('--limit', '2', '--kb', 'own.kb');
    expect(texts.report.all).toMatchObject({ total: 2 });
    expect(await readdir(join(cwd, 'own.kb'))).toContain('manifest.json');
  });

  it('--in-batch: a last batch that is not full is all wrong in BLINK', async () => {
    const cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, 'tiny'));
    const accuracyOf = async (...more: string[]) => {
      const argv = ['zeshel', 'evaluate', raw, '--split', 'test', '--model', 'tiny', '--in-batch', '1', ...more];
      const { code, stdout, stderr } = await referent([...argv, '--json'], { cwd });
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as object;
    };
    // In batches of one everything is right; one batch of eight is not full with five mentions.
    expect(await accuracyOf('--compat')).toEqual({ inBatchAccuracy: 1, batchSize: 1, mentions: 5 });
    expect(await accuracyOf('--in-batch', '8', '--compat')).toEqual({ inBatchAccuracy: 0, batchSize: 8, mentions: 5 });
    expect(await accuracyOf('--in-batch', '5')).toMatchObject({ batchSize: 5, mentions: 5 });
  });

  it('finds bad mentions before anything slow begins, and refuses one candidate in compatible mode', async () => {
    const cwd = await temporaryFolder();
    await cp(raw, join(cwd, 'raw'), { recursive: true });
    await mkdir(join(cwd, 'none'));
    const test = join(cwd, 'raw', 'mentions', 'test.json');
    await writeFile(
      test,
      (await readFile(test, 'utf8')).replace('"label_document_id": "L1"', '"label_document_id": "L8"'),
    );
    const bad = await referent(['zeshel', 'evaluate', 'raw', '--model', 'none'], { cwd });
    expect({ code: bad.code, stderr: bad.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('MENTIONS_UNKNOWN_LABEL') as string,
    });
    const one = await referent(['zeshel', 'evaluate', raw, '--candidates', '1', '--compat'], { cwd });
    expect({ code: one.code, stderr: one.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('BLINK') as string,
    });
  });
});
