import { describe, expect, it } from 'vitest';
import { referent } from './run-cli.js';

describe('help', () => {
  it('is shown without a command and with --help, on standard output', async () => {
    for (const argv of [[], ['--help'], ['help']]) {
      const { code, stdout, stderr } = await referent(argv);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Usage: referent');
      expect(stdout).toContain('Examples:');
    }
  });

  it.each(['demo', 'setup', 'doctor', 'init', 'complete', 'build', 'add', 'remove', 'info', 'link', 'evaluate'])(
    'of %s has examples',
    async (command) => {
      const { code, stdout } = await referent([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`$ referent ${command}`);
    },
  );

  it('prints the version', async () => {
    const { code, stdout } = await referent(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong call ends with 2 and words on standard error only', () => {
  it.each([
    [['lnik'], 'Did you mean link?'],
    [['link', '--formt', 'json', 'text'], 'Did you mean --format?'],
    [['link', '--format', 'xml', 'text'], 'Allowed choices are pretty, json, jsonl, html'],
    [['link', '--format', 'jsn', 'text'], 'Did you mean json?'],
    [['link', '--detector', 'name', 'text'], 'Did you mean names?'],
    [['train', 'biencoder', '--out', 'm'], 'Did you mean bi-encoder?'],
    [['link', '--formt', 'json', 'text'], '`referent link --help`'],
    [['link', '--candidates', '0', 'text'], 'positive integer'],
    [['link', '--sources', 'web', 'text'], 'dense, names, lexical'],
    [['build', '--entities', 'a.csv', '--scope', 'nouns', '--out', 'kb'], '--scope belongs to --from'],
    [['link', '--threshold', '2', 'text'], 'between 0 and 1'],
    [['link', '--threshold', '', 'text'], 'between 0 and 1'],
    [['link'], 'nothing to link'],
    [['link', '--input', 'a.txt', 'text'], 'not both'],
    [['build', '--out', 'kb'], 'There are no entities'],
    [['build', '--entities', 'a.jsonl'], "'--out <folder>' not specified"],
    [['build', '--entities', 'a.jsonl', '--from', 'wordnet', '--out', 'kb'], 'not both'],
    [
      ['build', '--from', 'wordnet', '--backend', 'exact', '--quantization', 'b1', '--out', 'kb'],
      'The backend exact has no b1',
    ],
    [['index', 'move', '--kb', 'kb'], '--to is missing'],
    [['index', 'move', '--kb', 'kb', '--to', 'exact', '--quantization', 'b1'], 'has no b1'],
    [['index', 'tune', '--kb', 'kb', '--values', '64,x'], 'whole numbers with commas'],
    [['build', '--entities', 'a.csv', '--columns', 'name=x', '--out', 'kb'], "no field 'name'"],
    [['remove', '--kb', 'kb'], 'missing required argument'],
    [['info'], "'--kb <folder>' not specified"],
  ])('%j', async (argv, words) => {
    const { code, stdout, stderr } = await referent(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('    at ');
  });
});

describe('work that fails ends with 1 and says what to do', () => {
  it('for a folder that is no knowledge base', async () => {
    const { code, stdout, stderr } = await referent(['info', '--kb', '/nowhere']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('KB_NOT_A_KNOWLEDGE_BASE');
    expect(stderr).not.toContain('    at ');
  });

  it('for a model that does not exist', async () => {
    const { code, stderr } = await referent(['link', '--model', 'no/such-model', 'text']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no model no/such-model');
    expect(stderr).toContain('fix:');
  });
});
