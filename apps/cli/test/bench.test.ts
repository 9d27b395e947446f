import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { createContext } from '../src/command-context.js';
import { benchTradeoff } from '../src/commands/bench-tradeoff.js';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const words = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'kappa'];
const engine = ['--engine', 'wasm'];

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, 'tiny'), { withReranker: true });
  await writeFile(join(cwd, 'entities.jsonl'), lines(words.map((id) => ({ id, title: id, text: `the ${id}` }))));
  const mentions = words.map((mention) => ({ id: mention, context_left: 'an ', mention, label_id: mention }));
  await writeFile(join(cwd, 'mentions.jsonl'), lines(mentions));
});

async function build(...more: string[]) {
  const argv = ['build', '--entities', 'entities.jsonl', '--model', 'tiny', '--out', 'kb', ...engine, ...more];
  const { code, stderr } = await referent(argv, { cwd });
  expect(code, stderr).toBe(0);
}

interface Report {
  readonly complete: boolean;
  readonly mentions: number;
  readonly points: readonly {
    candidates: number;
    rerank: number | 'off';
    quantization: string;
    accuracy: number;
    milliseconds: number;
  }[];
}

const bench = (...more: string[]) =>
  referent(['bench', 'tradeoff', '--kb', 'kb', '--mentions', 'mentions.jsonl', ...engine, ...more], { cwd });

describe('bench tradeoff', () => {
  it('sweeps around the usual settings and writes table, figures and plot', async () => {
    await build();
    expect((await referent(['remove', '--kb', 'kb', 'beta'], { cwd })).code).toBe(0);
    const sweeps = ['--candidates', '2,4', '--rerank', 'off,1'];
    const { code, stdout, stderr } = await bench(...sweeps, '--batch', '2', '--out', 'out', '--json');
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ complete: true, mentions: 6, batch: 2, knowledgeBase: { entities: 5 } });
    // The vectors of this model are no unit vectors: i8 and b1 cannot keep them, and that is said.
    expect(report.points.map((it) => [it.quantization, it.candidates, it.rerank])).toEqual([
      ['f32', 2, 'off'],
      ['f32', 4, 'off'],
      ['f32', 2, 1],
      ['f16', 2, 'off'],
    ]);
    expect(stderr).toMatch(/i8 is left out\. .*b1 is left out\. /s);
    // So few vectors lose nothing by half the bits, and the removed one is in neither index.
    expect(report.points[3]!.accuracy).toBe(report.points[0]!.accuracy);
    expect(report.points.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['tradeoff.json', 'tradeoff.md', 'tradeoff.svg']);
    expect(JSON.parse(readFileSync(join(cwd, 'out/tradeoff.json'), 'utf8'))).toEqual(report);
    expect(readFileSync(join(cwd, 'out/tradeoff.md'), 'utf8')).toContain('| re-rank 1 | float32 | f32 | 2 | 1 |');
    expect(readFileSync(join(cwd, 'out/tradeoff.svg'), 'utf8')).toContain('re-rank 1');
  });

  it('takes every combination with --full, some of the mentions with --limit, no format that the backend lacks', async () => {
    await build('--backend', 'exact');
    const sweeps = ['--candidates', '1,3', '--rerank', 'off,2,3', '--quantization', 'f32'];
    const { code, stdout, stderr } = await bench(...sweeps, '--full', '--limit', '3');
    expect(code, stderr).toBe(0);
    // k 1: off and 1. k 3: off, 2, 3.
    expect(stdout.split('\n').filter((line) => / float32 +f32 /.test(line))).toHaveLength(5);
    expect(stdout).toMatch(/tiny on 6 entities \(exact\), 3 mentions, 32 at a time/);
    const refused = await bench('--quantization', 'f32,b1');
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('The exact index of this knowledge base has no b1');
  });

  it('keeps what was measured when it is stopped', async () => {
    await build();
    const controller = new AbortController();
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
    const io = { stdin: Readable.from([]), stdout: output, stderr: output, env: {}, cwd, signal: controller.signal };
    const context = createContext({ ...io, stderr: { write: () => true } as unknown as NodeJS.WriteStream }, {});
    const progress = {
      ...context.progress,
      report: ({ step }: { step: string }) => step.startsWith('2 of') && controller.abort(),
    };
    const running = benchTradeoff(
      { ...context, progress },
      {
        ...{ kb: 'kb', mentions: ['mentions.jsonl'], limit: 6, batch: 2, sources: ['dense'], engine: 'wasm' },
        ...{ candidates: [1, 2, 3], rerank: ['off'], quantization: ['f32'], out: 'out' },
      },
    );
    await expect(running).rejects.toMatchObject({ code: 'STOPPED', what: expect.stringContaining('1 of 3 settings') });
    const report = JSON.parse(readFileSync(join(cwd, 'out/tradeoff.json'), 'utf8')) as Report;
    expect(report.complete).toBe(false);
    expect(report.points.map(({ candidates }) => candidates)).toEqual([1]);
    expect(readFileSync(join(cwd, 'out/tradeoff.md'), 'utf8')).toContain('Stopped before the end');
    expect(written.join('')).toContain('usual settings');
  });

  it('says what cannot be swept or measured', async () => {
    await writeTinyModel(join(cwd, 'tiny'));
    await build();
    const noReranker = await bench('--rerank', '4');
    expect(noReranker.code).toBe(2);
    expect(noReranker.stderr).toContain('has no re-ranker');
    await writeFile(join(cwd, 'mentions.jsonl'), lines([{ mention: 'alpha', label_id: null }]));
    const nothing = await bench();
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('nothing to measure');
    await writeFile(join(cwd, 'file'), '');
    await writeFile(join(cwd, 'mentions.jsonl'), lines([{ mention: 'alpha', label_id: 'alpha' }]));
    const unwritable = await bench('--out', 'file');
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toContain('REPORT_NOT_WRITABLE');
  });

  it.each([
    [['bench', '--kb', 'kb', '--mentions', 'm'], "missing required argument 'what'"],
    [['bench', 'speed', '--kb', 'kb', '--mentions', 'm'], 'Allowed choices are tradeoff'],
    [['bench', 'tradeoff', '--mentions', 'm'], "'--kb <folder>' not specified"],
    [['bench', 'tradeoff', '--kb', 'kb', '--mentions', 'm', '--candidates', '4,x'], 'positive integer'],
    [['bench', 'tradeoff', '--kb', 'kb', '--mentions', 'm', '--candidates', '4,4'], 'given twice'],
    [['bench', 'tradeoff', '--kb', 'kb', '--mentions', 'm', '--quantization', 'i4'], 'f32, f16, i8, b1'],
  ])('%j is a wrong call', async (argv, words) => {
    const { code, stderr } = await referent(argv, { cwd });
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it('has help with examples', async () => {
    const { code, stdout } = await referent(['bench', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ referent bench tradeoff');
    expect(stdout).toContain('Ctrl-C keeps what was measured');
  });
});
