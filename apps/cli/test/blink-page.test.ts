import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const page = await readFile(root('docs/blink.md'), 'utf8');
const golden = (name: string) => root(`tests/blink/golden/${name}`);

/** The words of a line of shell, quotes taken off. */
const wordsOf = (line: string) =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
const lines = /```sh\n([\s\S]*?)```/.exec(page)![1]!.trim().split('\n');

describe('the page on BLINK', () => {
  it('can be followed from top to bottom, with small files of the same names', async () => {
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('referent setup'); // done before the tests
    const cwd = await temporaryFolder();
    const at = (path: string) => join(cwd, path);
    for (const folder of ['models', 'data/BLINK_benchmark', 'data/zeshel'])
      await mkdir(at(folder), { recursive: true });
    for (const [from, to] of [
      ['biencoder.bin', 'biencoder_wiki_large.bin'],
      ['biencoder.json', 'biencoder_wiki_large.json'],
      ['crossencoder.bin', 'crossencoder_wiki_large.bin'],
      ['crossencoder.json', 'crossencoder_wiki_large.json'],
      ['vocab.txt', 'vocab.txt'],
      ['entity.jsonl', 'entity.jsonl'],
      ['entities.t7', 'all_entities_large.t7'],
    ] as const) {
      await copyFile(golden(from), at(`models/${to}`));
    }
    await copyFile(
      root('packages/benchmark-formats/test/fixtures/blink.jsonl'),
      at('data/BLINK_benchmark/AIDA-YAGO2_testb.jsonl'),
    );
    await cp(root('packages/benchmark-formats/test/fixtures/zeshel'), at('data/zeshel'), { recursive: true });
    const unlabelled = {
      id: 0,
      label: 'unknown',
      label_id: -1,
      context_left: '',
      mention: 'shakespeare',
      context_right: "'s play",
    };
    await writeFile(at('data_to_link.jsonl'), JSON.stringify(unlabelled));

    const outputs: string[] = [];
    for (const line of lines.slice(1)) {
      const [program, ...argv] = wordsOf(line);
      expect(program).toBe('referent');
      // The tiny BERT has no well-known name.
      if (argv.includes('--biencoder-model')) argv.push('--bert-config', golden('bert_config.json'));
      const { code, stdout, stderr } = await referent([...argv, '--cache', 'cache'], { cwd, env: { NO_COLOR: '1' } });
      expect(code, `${line}\n${stderr}`).toBe(0);
      outputs.push(stdout);
    }
    expect(outputs[5]).toContain('normalized');
    expect(outputs[6]).toContain('biencoder recall@10: ');
    expect(outputs[8]).toContain('macro (2 worlds)');
  });

  it('names only options that the commands have', async () => {
    const used = new Map<string, Set<string>>();
    for (const [, command = '', rest = ''] of page.matchAll(/referent (\w+)([^`\n]*)/g)) {
      const known = used.get(command) ?? new Set();
      for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) known.add(option);
      used.set(command, known);
    }
    expect([...used.keys()].sort()).toEqual(['build', 'evaluate', 'import', 'link', 'setup', 'train', 'zeshel']);
    for (const [command, options] of used) {
      const { stdout } = await referent([command, '--help']);
      for (const option of options) expect(stdout, `${command} ${option}`).toContain(option);
    }
  });
});
