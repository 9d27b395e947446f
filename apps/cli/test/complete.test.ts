import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referent, temporaryFolder } from './run-cli.js';

async function complete(...words: string[]) {
  const { code, stdout, stderr } = await referent(['complete', '--', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0]), paths: lines.at(-1) };
}

describe('completion', () => {
  it.each([
    [['li'], ['link'], ':none'],
    [['help', 'eval'], ['evaluate'], ':none'],
    [['--ver'], ['--version'], ':none'],
    [['nonsense', ''], [], ':none'],
    [['link', '--form'], ['--format'], ':none'],
    [['link', '--format', ''], ['pretty', 'json', 'jsonl', 'html'], ':none'],
    [['link', '--format', '=', 'js'], ['json', 'jsonl'], ':none'],
    [['link', '--format', '='], ['pretty', 'json', 'jsonl', 'html'], ':none'],
    [['link', '--format=js'], ['--format=json', '--format=jsonl'], ':none'],
    [['link', '--format', 'json', '--form'], [], ':none'],
    [['link', '--json', ''], [], ':none'],
    [['link', '--kb', ''], [], ':folders'],
    [['link', '--input', './'], [], ':files'],
    [['build', '--entities', 'a', 'b'], [], ':files'],
    [['init', 'a'], [], ':files'],
    [['init', 'a', '--json', 'b'], [], ':files'],
    [['train', 'b'], ['bi-encoder'], ':none'],
    [['train', '--out', 'm', ''], ['bi-encoder', 'cross-encoder'], ':none'],
    [['train', 'bi-encoder', ''], [], ':none'],
    [['complete', ''], ['bash', 'zsh', 'fish'], ':none'],
  ])('of %j', async (words, values, paths) => {
    expect(await complete(...words)).toEqual({ values, paths });
  });

  it('knows every command and says what it does', async () => {
    const { stdout } = await referent(['complete', '--', '']);
    const help = await referent(['--help']);
    for (const line of stdout.trimEnd().split('\n').slice(0, -1)) {
      const [name, description] = line.split('\t');
      expect(help.stdout).toContain(`  ${name} `);
      expect(description).not.toBe('');
    }
    expect(stdout).toContain('link\tLink the mentions in a text');
  });

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await referent(['complete', 'bsh']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Did you mean bash?') as string });
  });

  it('works in bash: values, files with blanks, folders', async () => {
    const folder = await temporaryFolder();
    const { stdout: script } = await referent(['complete', 'bash']);
    for (const argv of [
      ['link', '--format', 'js'],
      ['link', '--input', 'my'],
      ['link', '--kb', 'my'],
    ]) {
      const { stdout } = await referent(['complete', '--', ...argv]);
      await writeFile(join(folder, `answer-${argv[1]}`), stdout);
    }
    // The script asks the program of the command line: here one that gives the real answers.
    await writeFile(join(folder, 'referent'), `#!/bin/sh\ncat "${folder}/answer-$4"\n`);
    await chmod(join(folder, 'referent'), 0o755);
    await mkdir(join(folder, 'my folder'));
    await writeFile(join(folder, 'my file'), '');
    await writeFile(join(folder, 'script'), script);
    const ask = (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const program = `. ./script; . ./script; COMP_WORDS=(./referent ${list}); COMP_CWORD=${words.length}; _referent; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p referent`;
      const { stdout, stderr } = spawnSync('bash', ['-uc', program], { cwd: folder, encoding: 'utf8' });
      expect(stderr).toBe('');
      return stdout.trimEnd().split('\n').sort();
    };
    const registered = 'complete -F _referent referent';
    expect(ask('link', '--format', 'js')).toEqual([registered, 'json', 'jsonl']);
    expect(ask('link', '--input', 'my')).toEqual([registered, 'my file', 'my folder']);
    expect(ask('link', '--kb', 'my')).toEqual([registered, 'my folder']);
  });
});
