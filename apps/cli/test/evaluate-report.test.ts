import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const words = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'kappa'];
const mentions = [
  ...words.map((mention, i) => ({ id: mention, mention, label_id: mention, world: i < 3 ? 'u' : 'v' })),
  { id: 'nobody', mention: 'nobody', label_id: null, world: 'u' },
];

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, 'tiny'));
  const entities = words.map((id, i) => ({ id, title: id, text: `the ${id}`, world: i < 3 ? 'u' : 'v' }));
  await writeFile(join(cwd, 'entities.jsonl'), lines(entities));
  await writeFile(join(cwd, 'mentions.jsonl'), lines(mentions));
  const built = await run(
    'build',
    '--entities',
    'entities.jsonl',
    '--model',
    'tiny',
    '--backend',
    'exact',
    '--out',
    'kb',
  );
  expect(built.code, built.stderr).toBe(0);
});

const run = (...argv: string[]) => referent([...argv, '--engine', 'wasm'], { cwd });
const evaluate = (...more: string[]) => run('evaluate', '--kb', 'kb', '--mentions', 'mentions.jsonl', ...more);

interface Report {
  readonly cutoffs: readonly number[];
  readonly calibration: { readonly count: number };
  readonly comparison: { readonly mentions: number; readonly measures: readonly { measure: string; mean: number }[] };
}

describe('evaluate --report', () => {
  it('writes figures, calibration with its plot, and what became of each mention', async () => {
    const { code, stdout, stderr } = await evaluate('--report', 'before', '--candidates', '2', '--json');
    expect(code, stderr).toBe(0);
    expect(readdirSync(join(cwd, 'before')).sort()).toEqual([
      'outcomes.jsonl',
      'reliability.svg',
      'report.json',
      'report.md',
    ]);
    const report = JSON.parse(stdout) as Report;
    expect(report.cutoffs).toEqual([1, 2]);
    expect(report.calibration.count).toBe(7);
    const read = (file: string) => readFileSync(join(cwd, 'before', file), 'utf8');
    expect(read('report.md')).toContain('| ECE | ECE (equal mass) |');
    expect(read('reliability.svg')).toContain('<svg');
    const outcomes = read('outcomes.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; label_id: string[]; rank: number; retrieved_rank: number });
    expect(outcomes.map(({ id }) => id)).toEqual([...words, 'nobody']);
    expect(outcomes[6]).toMatchObject({ label_id: [], rank: 0, retrieved_rank: 0, world: 'u' });
    expect(outcomes.every(({ rank }) => rank >= 0 && rank <= 2)).toBe(true);
  });

  it('leaves an earlier report whole, and nothing half written, when it fails', async () => {
    await evaluate('--report', 'out');
    const before = readFileSync(join(cwd, 'out/outcomes.jsonl'), 'utf8');
    await writeFile(join(cwd, 'mentions.jsonl'), `${lines(mentions)}nonsense\n`);
    expect((await evaluate('--report', 'out')).code).toBe(1);
    expect(readFileSync(join(cwd, 'out/outcomes.jsonl'), 'utf8')).toBe(before);
    expect(existsSync(join(cwd, 'out/outcomes.jsonl.new'))).toBe(false);
  });

  it('says before the work where it cannot write', async () => {
    await writeFile(join(cwd, 'file'), '');
    const { code, stderr } = await evaluate('--report', 'file', '--kb', 'none');
    expect(code).toBe(1);
    expect(stderr).toContain('REPORT_NOT_WRITABLE');
  });
});

describe('evaluate --compare', () => {
  it('finds no difference from itself, by folder or by report.json', async () => {
    await evaluate('--report', 'before');
    for (const earlier of ['before', 'before/report.json']) {
      const { code, stdout, stderr } = await evaluate('--compare', earlier, '--json');
      expect(code, stderr).toBe(0);
      const { comparison } = JSON.parse(stdout) as Report;
      expect(comparison.mentions).toBe(6);
      expect(comparison.measures.map(({ measure }) => measure)).toContain('accuracy, macro');
      expect(comparison.measures.every(({ mean }) => mean === 0)).toBe(true);
    }
    expect((await evaluate('--compare', 'before')).stdout).toContain('Against the earlier run, 6 mentions');
  });

  it('refuses other mentions, other answers, and fewer of them', async () => {
    await evaluate('--report', 'before');
    const refused = async (changed: readonly object[], why: string) => {
      await writeFile(join(cwd, 'mentions.jsonl'), lines(changed));
      const { code, stderr } = await evaluate('--compare', 'before');
      expect(code).toBe(1);
      expect(stderr).toContain('COMPARE_OTHER_MENTIONS');
      expect(stderr).toContain(why);
    };
    await refused(mentions.toReversed(), 'Mention 1 is nobody, NIL; in the earlier run it was alpha, alpha.');
    await refused([{ ...mentions[0], label_id: 'beta' }, ...mentions.slice(1)], 'Mention 1 is alpha, beta');
    await refused(mentions.slice(0, 3), 'The earlier run had 7 mentions, this one 3.');
    await refused([...mentions, mentions[0]!], 'it was not there');
  });

  it('says what an earlier report lacks', async () => {
    const none = await evaluate('--compare', 'nowhere');
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('COMPARE_NO_OUTCOMES');
    await evaluate('--report', 'before');
    await writeFile(join(cwd, 'before/outcomes.jsonl'), '{"id": "alpha"}\n');
    const broken = await evaluate('--compare', 'before');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('COMPARE_INVALID_OUTCOMES');
    expect(broken.stderr).toContain('outcomes.jsonl, line 1');
  });
});
