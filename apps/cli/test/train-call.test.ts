import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

describe('train', () => {
  it.each([
    [['train'], '--out'],
    [['train', 'everything', '--out', 'm'], 'bi-encoder'],
    [['train', 'bi-encoder', '--out', 'm'], 'nothing to train on'],
    [['train', 'bi-encoder', '--train', 'm.jsonl', '--out', 'm'], '--train and --entities belong together'],
    [['train', 'bi-encoder', '--dev', 'm.jsonl', '--out', 'm'], '--dev needs --entities'],
    [['train', 'cross-encoder', '--train', 'm.jsonl', '--entities', 'e.jsonl', '--out', 'm'], 'needs a retriever'],
    [['distill', '--out', 'm'], '--teacher'],
  ])('%j is a wrong call', async (argv, message) => {
    const { code, stderr } = await referent(argv);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('names an unknown setting and the nearest known one', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'recipe.json'), '{"sets": [{"entities": "e", "mentions": "m"}], "batchsize": 4}');
    const { code, stderr } = await referent(['train', 'bi-encoder', '--config', 'recipe.json', '--out', 'm'], { cwd });
    expect(stderr).toContain('Did you mean "batchSize"?');
    expect(code).toBe(1);
  });

  it('says when a settings file cannot be read', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'recipe.json'), '{');
    for (const file of ['recipe.json', 'none.json']) {
      const { code, stderr } = await referent(['train', 'bi-encoder', '--config', file, '--out', 'm'], { cwd });
      expect(stderr).toContain('SETTINGS_UNREADABLE');
      expect(code).toBe(1);
    }
  });

  it('does not begin a run where there is one', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'm/training/last'), { recursive: true });
    const call = ['train', 'bi-encoder', '--train', 'm.jsonl', '--entities', 'e.jsonl', '--out', 'm'];
    const { code, stderr } = await referent(call, { cwd });
    expect(stderr).toContain('--resume');
    expect(code).toBe(2);
  });

  it('says which file of the start model is missing', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'start'));
    await writeFile(join(cwd, 'recipe.json'), '{"sets": [{"entities": "e", "mentions": "m"}], "start": "start"}');
    const { stderr } = await referent(['train', 'bi-encoder', '--config', 'recipe.json', '--out', 'm'], { cwd });
    expect(stderr).toContain('MODEL_MISSING_FILE');
    expect(stderr).toContain('config.json');
  });
});
