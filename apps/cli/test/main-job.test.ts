import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

// The real engine, the real model, WordNet's named entities: `npm test` sets them up before.

interface Linked {
  readonly id: string;
  readonly mentions: readonly {
    readonly start: number;
    readonly end: number;
    readonly surface: string;
    readonly entity: { readonly id: string; readonly title: string } | null;
    readonly probability: number;
    readonly candidates: readonly { readonly id: string; readonly probability: number; readonly sources: string[] }[];
  }[];
}

const prince = 'wn31-09523349-n';
const town = 'wn31-09168488-n';
const capital = 'wn31-08952341-n';
const daughterOfZeus = 'wn31-09623362-n';
const ancientCity = 'wn31-08806739-n';

async function link(text: string): Promise<Linked['mentions']> {
  const { code, stdout, stderr } = await referent(['link', '--format', 'jsonl', text]);
  expect(code, stderr).toBe(0);
  return (JSON.parse(stdout) as Linked).mentions;
}

describe('three entities called Paris', () => {
  it.each([
    [
      '[[Paris]] carried [[Helen]] off to [[Troy]] and so began a war.',
      { Paris: prince, Helen: daughterOfZeus, Troy: ancientCity },
    ],
    ['She grew up on a ranch near [[Paris]], Texas.', { Paris: town }],
    ['He painted by the Seine in [[Paris]] until 1889.', { Paris: capital }],
  ])('are told apart in %j, with brackets and without', async (marked, expected) => {
    for (const text of [marked, marked.replaceAll('[[', '').replaceAll(']]', '')]) {
      const mentions = await link(text);
      expect(Object.fromEntries(mentions.map(({ surface, entity }) => [surface, entity?.id]))).toMatchObject(expected);
      for (const { start, end, surface } of mentions) expect(text.slice(start, end)).toBe(surface);
    }
  });
});

it('links at least 30 of 32 namesakes to the right bearer of the name', async () => {
  const lines = readFileSync(new URL('fixtures/namesakes.tsv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const golds = lines.map((line) => `wn31-${line.split('\t')[0]}-n`);
  const input = lines.map((line, i) => JSON.stringify({ id: String(i), text: line.split('\t')[1] })).join('\n');
  const { code, stdout, stderr } = await referent(['link', '--input', '-', '--format', 'jsonl'], { stdin: input });
  expect(code, stderr).toBe(0);
  const linked = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Linked);
  expect(linked.map(({ id }) => Number(id))).toEqual(lines.map((_, i) => i));
  const wrong = linked
    .filter(({ mentions }, i) => mentions[0]?.candidates[0]?.id !== golds[i])
    .map(({ id }) => lines[Number(id)]);
  expect(lines.length - wrong.length, wrong.join('\n')).toBeGreaterThanOrEqual(30);
});

it('prints the demo with every mention, its title, gloss and probability', async () => {
  const { code, stdout, stderr } = await referent(['demo'], { env: { NO_COLOR: '1' } });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('a town in northeastern Texas');
  expect(stdout).toContain('the prince of Troy');
  expect(stdout).toMatch(/\d+ %/);
});

describe('a knowledge base of one’s own', () => {
  const lamp = {
    id: 'p1',
    title: 'Atlas lamp',
    text: 'A brass reading lamp with a weighted base.',
    aliases: ['Atlas'],
  };
  const shelf = {
    id: 'p2',
    title: 'Atlas shelf',
    text: 'A wall shelf for books, oak or white.',
    aliases: ['Atlas'],
    url: 'shop/p2',
  };
  const jsonl = (...records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

  it('is built, linked, added to, looked into, removed from and evaluated', async () => {
    const cwd = await temporaryFolder();
    const run = async (...argv: string[]) => {
      const { code, stdout, stderr } = await referent(argv, { cwd });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    await writeFile(join(cwd, 'products.jsonl'), jsonl(lamp, shelf));
    expect(await run('build', '--entities', 'products.jsonl', '--out', 'kb')).toContain('2 entities');

    const text = 'She switched on the [[Atlas]], a brass reading lamp.';
    const first = JSON.parse(await run('link', '--kb', 'kb', '--json', text)) as Linked[];
    expect(first[0]?.mentions[0]?.candidates[0]).toMatchObject({ id: 'p1', sources: ['dense', 'names'] });

    await writeFile(
      join(cwd, 'more.jsonl'),
      jsonl({ id: 'p3', title: 'Comet vase', text: 'A tall glass vase.' }, lamp),
    );
    expect(await run('add', '--kb', 'kb', '--entities', 'more.jsonl')).toContain('1 added');
    const vase = JSON.parse(
      await run('link', '--kb', 'kb', '--json', 'Put the flowers into the [[Comet]].'),
    ) as Linked[];
    expect(vase[0]?.mentions[0]?.candidates[0]?.id).toBe('p3');

    await writeFile(
      join(cwd, 'mentions.jsonl'),
      jsonl({
        id: 1,
        context_left: 'Put the flowers into the ',
        mention: 'Comet vase',
        context_right: '.',
        label_id: 'p3',
      }),
    );
    const report = JSON.parse(
      await run('evaluate', '--kb', 'kb', '--mentions', 'mentions.jsonl', '--json', '--report', 'out'),
    ) as { all: { total: number } };
    expect(report.all.total).toBe(1);
    expect(readFileSync(join(cwd, 'out', 'report.md'), 'utf8')).toContain('|');

    expect(await run('remove', '--kb', 'kb', 'p3', 'p9')).toContain('1 removed, 1 not found');
    expect(JSON.parse(await run('info', '--kb', 'kb', '--json'))).toMatchObject({ counts: { entities: 2 } });
    const after = JSON.parse(
      await run('link', '--kb', 'kb', '--json', 'Put the flowers into the [[Comet]].'),
    ) as Linked[];
    expect(after[0]?.mentions[0]?.candidates.map(({ id }) => id)).not.toContain('p3');
  });

  it('skips bad lines with their file, number and reason, or stops at the first', async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, 'bad.jsonl'),
      `${JSON.stringify(lamp)}\n{"id": "x"\n${JSON.stringify({ id: 'p4', title: '' })}\n${JSON.stringify(lamp)}\n`,
    );
    const skipped = await referent(['build', '--entities', 'bad.jsonl', '--out', 'kb'], { cwd });
    expect(skipped.code).toBe(0);
    expect(skipped.stderr).toMatch(/bad\.jsonl, line 2: /);
    expect(skipped.stderr).toMatch(/bad\.jsonl, line 3: /);
    expect(skipped.stdout).toContain('kb: 1 entity in ');
    expect(skipped.stdout).toContain('3 bad records skipped');
    const stopped = await referent(['build', '--entities', 'bad.jsonl', '--out', 'other', '--on-error', 'stop'], {
      cwd,
    });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('line 2');
  });
});

describe('input that is hard', () => {
  it.each([
    ['an empty text', ''],
    ['only spaces', ' \n '],
    ['lone surrogates', 'In \ud800[[Paris]]\udc00, Texas'],
    ['a mention longer than the window', `[[${'Paris '.repeat(2000)}]]`],
  ])('%s', async (_, text) => {
    const { code, stdout, stderr } = await referent(
      ['link', '--input', '-', '--input-format', 'jsonl', '--format', 'jsonl'],
      { stdin: JSON.stringify({ id: 'a', text }) },
    );
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as Linked).id).toBe('a');
  });

  it('a bad line among good ones: the good ones are linked, the bad one is named, the exit code is 1', async () => {
    const stdin =
      '{"id": "a", "text": "[[Paris]], Texas"}\nnonsense\n{"id": "c", "context_left": "near ", "mention": "Paris", "context_right": ", Texas"}\n';
    const { code, stdout, stderr } = await referent(['link', '--input', '-', '--format', 'jsonl'], { stdin });
    expect(code).toBe(1);
    expect(stderr).toContain('standard input, line 2');
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Linked);
    expect(first?.mentions[0]).toMatchObject({ start: 2, end: 7, entity: { id: town } });
    expect(second?.mentions[0]).toMatchObject({ start: 5, end: 10, entity: { id: town } });
  });

  it('documents that fail leave JSON whole, and each text with its own mentions though ids repeat', async () => {
    const lines = [
      { id: 'a', text: 'In [[Paris]], Texas' },
      { id: 'a', text: 'short', mentions: [{ start: 0, end: 99 }] },
      { id: 'a', text: 'To [[Helen]] of Troy' },
    ];
    const stdin = lines.map((line) => JSON.stringify(line)).join('\n');
    const json = await referent(['link', '--json', '--keep', '2', '--quiet'], { stdin });
    expect((JSON.parse(json.stdout) as Linked[]).map(({ mentions }) => mentions[0]?.surface)).toEqual([
      'Paris',
      'Helen',
    ]);
    expect((JSON.parse(json.stdout) as Linked[])[0]?.mentions[0]?.candidates).toHaveLength(2);
    expect({ code: json.code, stderr: json.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('1 input could not be linked') as string,
    });
    const pretty = await referent(['link'], { stdin });
    expect(pretty.stdout).toMatch(/^In Paris, Texas\n\nParis [\s\S]*\n\nTo Helen of Troy\n\nHelen /);
    expect(pretty.stderr).toContain('a: The span 0..99');
    const nothing = await referent(['link', '--json', '--input-format', 'jsonl'], { stdin: 'nonsense\n{"text": 1}' });
    expect({ code: nothing.code, stdout: nothing.stdout }).toEqual({ code: 1, stdout: '[]\n' });
  });

  it('an input that is not there is named before anything slow begins', async () => {
    for (const argv of [
      ['link', '--input', 'none.txt'],
      ['evaluate', '--mentions', 'none.txt'],
      ['build', '--entities', 'none.txt', '--out', 'kb'],
    ]) {
      const cwd = await temporaryFolder();
      const { code, stderr } = await referent([...argv, '--cache', '/nowhere'], { cwd });
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('none.txt') as string });
    }
  });

  it('a command that is stopped says so, ends with 130, and its JSON is whole', async () => {
    const controller = new AbortController();
    const run = referent(['link', '--json', 'x '.repeat(3_000_000)], { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    const { code, stdout, stderr } = await run;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Stopping .*\nStopped\.\n$/);
    expect(['', '[]\n']).toContain(stdout);
  });
});
