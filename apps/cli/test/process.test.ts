import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.js';
import { referent, temporaryFolder } from './run-cli.js';

// The command line as it is installed, in a process of its own: `npm test` builds it before.

const program = fileURLToPath(new URL('../bin/referent.js', import.meta.url));
const document = `${JSON.stringify({ id: 'a', text: 'She lives near [[Paris]], Texas.' })}\n`;

function run(args: readonly string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  return spawnSync(process.execPath, [...args], { encoding: 'utf8', input, env: { ...inherited, ...env } });
}

/** Through a shell, for pipes: what stood on standard output, and how `referent` ended. */
function pipe(command: string) {
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', `referent() { "${process.execPath}" "${program}" "$@"; }; ${command}; echo "ended \${PIPESTATUS[*]}"`],
    { encoding: 'utf8' },
  );
  return { stdout, stderr };
}

describe('colours', () => {
  it.each([
    ['are left out of a pipe', {}, false],
    ['are there where they are forced', { FORCE_COLOR: '1' }, true],
    ['are left out where NO_COLOR says so, also where they are forced', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s', async (_, env, colored) => {
    const file = join(await temporaryFolder(), 'a.csv');
    await writeFile(file, 'id,title\n1,Lamp\n');
    const { status, stdout } = run([program, 'init', file], { env });
    expect(status).toBe(0);
    expect(stdout.includes('\x1b[')).toBe(colored);
  });
});

describe('a reader that goes away', () => {
  it('ends the command quietly with 0, in the middle of a stream', async () => {
    const file = join(await temporaryFolder(), 'many.jsonl');
    await writeFile(file, document.repeat(500));
    const { stdout, stderr } = pipe(`referent link --quiet --input ${file} --format jsonl | head -1`);
    const [line, ended] = stdout.trimEnd().split('\n');
    expect((JSON.parse(line!) as { id: string }).id).toBe('a');
    expect({ ended, stderr }).toEqual({ ended: 'ended 0 0', stderr: '' });
  });

  it('does so for help, too', () => {
    expect(pipe('referent link --help | true')).toEqual({ stdout: 'ended 0 0\n', stderr: '' });
  });
});

it('reads no more than it can write', async () => {
  let read = 0;
  const stopping = new AbortController();
  async function* endless() {
    for (;;) {
      read++;
      yield document;
    }
  }
  let isStuck = () => {};
  const stuck = new Promise<void>((resolve) => {
    isStuck = resolve;
  });
  const stdout = new Writable({ highWaterMark: 1, write: () => isStuck() }); // never takes the next one
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const env = process.env.REFERENT_CACHE ? { REFERENT_CACHE: process.env.REFERENT_CACHE } : {};
  const io = { stdin: Readable.from(endless()), stdout, stderr, env, cwd: process.cwd(), signal: stopping.signal };
  const running = main(['link', '--input-format', 'jsonl', '--format', 'jsonl', '--keep', '1'], io);
  await stuck;
  const before = read;
  for (let i = 0; i < 1000; i++) await new Promise(setImmediate);
  expect(read).toBe(before);
  expect(read).toBeLessThan(10_000);
  stopping.abort();
  stdout.destroy();
  expect(await running).toBe(130);
});

it('ends with 130 when it is stopped by Ctrl-C', async () => {
  const child = spawn(process.execPath, [program, 'link', '--format', 'jsonl', '--input-format', 'jsonl']);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const feeding = setInterval(() => child.stdin.write(document.repeat(100)), 20);
  child.stdin.on('error', () => {});
  child.stdout.once('data', () => child.kill('SIGINT'));
  child.stdout.resume();
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(feeding);
  expect(code).toBe(130);
  expect(stderr).toContain('Stopped.');
});

describe('Node', () => {
  it('that is too old is named before anything else is tried', async () => {
    const fake = join(await temporaryFolder(), 'old.cjs');
    await writeFile(fake, "Object.defineProperty(process, 'versions', { value: { node: process.env.AS_NODE } });");
    const as = (version: string) => run(['--require', fake, program, '--version'], { env: { AS_NODE: version } });
    for (const version of ['8.17.0', '18.20.4', '20.18.9']) {
      const { status, stdout, stderr } = as(version);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(`needs Node 20.19 or newer, and this is Node ${version}`);
    }
    for (const version of ['20.19.0', '22.0.0']) expect(as(version).status).toBe(0);
  });

  it('of any age can read the words: the file that says so has no syntax of today', () => {
    const source = readFileSync(program, 'utf8').replaceAll(/\/\/.*|'[^'\n]*'/g, '');
    expect(source).not.toMatch(/=>|`|\?\.|\?\?|\b(const|let|import|async|await|class)\b/);
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      engines: { node: string };
    };
    expect(`>=${/needed = \[(\d+), (\d+)\]/.exec(source)!.slice(1).join('.')}`).toBe(engines.node);
  });
});

describe('what is missing on this machine', () => {
  it('a cache folder that cannot be written is named, with the way out', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const { code, stderr } = await referent(['setup', '--cache', join(file, 'cache')]);
    expect(code).toBe(1);
    expect(stderr).toContain('CACHE_NOT_WRITABLE');
    expect(stderr).toContain('REFERENT_CACHE');
  });

  it('an engine is named with the command that sets it up', async () => {
    const cache = await temporaryFolder();
    await writeFile(join(cache, 'config.json'), '{}');
    const { code, stderr } = await referent(['link', '--engine', 'gpu', '--model', cache, '--cache', cache, 'Paris']);
    expect(code).toBe(1);
    expect(stderr).toContain('ENGINE_MISSING');
    expect(stderr).toContain('fix: Run: referent setup --engine gpu');
  });

  it('without an engine nothing slow begins unasked', async () => {
    const { code, stderr } = await referent(['link', '--cache', await temporaryFolder(), 'Paris'], {
      cwd: await temporaryFolder(),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ENGINE_NOT_SET_UP') as string });
    expect(stderr).toContain('referent setup');
  });
});
