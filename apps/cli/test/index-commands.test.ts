import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';
import { writeTinyModel } from './tiny-model.js';

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const words = Array.from({ length: 120 }, (_, i) => `${'alpha beta gamma delta omega kappa'.split(' ')[i % 6]} ${i}`);
const engine = ['--engine', 'wasm'];

interface Point {
  readonly value: number;
  readonly recall: number;
  readonly queriesPerSecond: number;
  readonly median: number;
}

describe('index', () => {
  let cwd: string;
  const call = (...argv: string[]) => referent(argv, { cwd });
  const settings = async () => JSON.parse((await call('info', '--kb', 'kb', '--json')).stdout).manifest.index;
  const link = async () => {
    const argv = [
      'link',
      '--kb',
      'kb',
      '--format',
      'jsonl',
      '--sources',
      'dense',
      ...engine,
      'an [[alpha 6]] and [[delta 9]]',
    ];
    const { code, stdout, stderr } = await call(...argv);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout).mentions.map((mention: { candidates: { id: string }[] }) =>
      mention.candidates.slice(0, 5).map(({ id }) => id),
    );
  };

  it('moves to every backend and back without a model, links the same, tunes, and keeps the choice', async () => {
    cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, 'tiny'));
    await writeFile(join(cwd, 'entities.jsonl'), lines(words.map((id) => ({ id, title: id, text: `the ${id}` }))));
    const built = await call('build', '--entities', 'entities.jsonl', '--model', 'tiny', '--out', 'kb', ...engine);
    expect(built.code, built.stderr).toBe(0);
    const before = await link();

    for (const [backend, quantization] of [
      ['exact', 'f32'],
      ['exact', 'f16'],
      ['usearch', 'f16'],
    ] as const) {
      const moved = await call('index', 'move', '--kb', 'kb', '--to', backend, '--quantization', quantization);
      expect(moved.code, moved.stderr).toBe(0);
      expect(moved.stdout).toMatch(new RegExp(`120 entities moved from \\w+ to ${backend} ${quantization}`));
      expect(await settings()).toMatchObject({ backend });
      expect(await link()).toEqual(before);
    }
    // The vectors of this model are no unit vectors: i8 of usearch cannot keep them, and nothing changes.
    const refused = await call('index', 'move', '--kb', 'kb', '--to', 'usearch', '--quantization', 'i8');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('cannot be kept as i8')]);
    expect(await settings()).toMatchObject({ backend: 'usearch', settings: { quantization: 'f16' } });

    const argv = ['index', 'tune', '--kb', 'kb', '--k', '10', '--sample', '40', '--values', '128,16', '--json'];
    const tuned = await call(...argv, '--recall', '0.9', '--out', 'tuning', '--apply');
    expect(tuned.code, tuned.stderr).toBe(0);
    const report = JSON.parse(tuned.stdout);
    expect(report).toMatchObject({ queries: { count: 40, of: 'entities' }, k: 10, wantedRecall: 0.9 });
    const points = report.points as Point[];
    expect(points.map(({ value }) => value)).toEqual([16, 128]);
    for (const { recall, queriesPerSecond, median } of points) {
      expect(recall).toBeGreaterThan(0.5);
      expect(recall).toBeLessThanOrEqual(1);
      expect(Math.min(queriesPerSecond, median)).toBeGreaterThan(0);
    }
    expect(points[1]!.recall).toBeGreaterThanOrEqual(0.99); // 128 in sight are all of them
    expect(report.chosen).toBe(points.find(({ recall }) => recall >= 0.9)!.value);
    expect(await settings()).toMatchObject({ settings: { quantization: 'f16', expansionSearch: report.chosen } });
    expect(readdirSync(join(cwd, 'tuning')).sort()).toEqual(['index-tune.json', 'index-tune.md', 'index-tune.svg']);
    expect(readFileSync(join(cwd, 'tuning/index-tune.md'), 'utf8')).toContain('| expansionSearch | recall@10 |');
    expect(readFileSync(join(cwd, 'tuning/index-tune.svg'), 'utf8')).toContain('<svg');

    const mention = { id: 'm', context_left: 'an ', mention: 'alpha 6', context_right: '', label_id: 'alpha 6' };
    await writeFile(join(cwd, 'mentions.jsonl'), lines([mention]));
    const byMentions = await call(...argv, '--mentions', 'mentions.jsonl', '--model', 'tiny', ...engine);
    expect(byMentions.code, byMentions.stderr).toBe(0);
    expect(JSON.parse(byMentions.stdout).queries).toEqual({ count: 1, of: 'mentions' });

    // An addition opens the index with the choice.
    await writeFile(join(cwd, 'more.jsonl'), lines([{ id: 'new', title: 'new', text: 'new' }]));
    const added = await call('add', '--kb', 'kb', '--entities', 'more.jsonl', '--model', 'tiny', ...engine);
    expect(added.code, added.stderr).toBe(0);
    expect(await settings()).toMatchObject({ settings: { expansionSearch: report.chosen } });

    await call('index', 'move', '--kb', 'kb', '--to', 'exact');
    const nothing = await call('index', 'tune', '--kb', 'kb');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('nothing to tune')]);
    rmSync(join(cwd, 'kb', readdirSync(join(cwd, 'kb')).find((name) => name.endsWith('.f32'))!));
    const moving = await call('index', 'move', '--kb', 'kb', '--to', 'usearch');
    expect([moving.code, moving.stderr]).toEqual([1, expect.stringContaining('vectors')]);
    expect(existsSync(join(cwd, 'kb', 'manifest.json'))).toBe(true);
  });
});
