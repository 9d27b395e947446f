import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach } from 'vitest';
import { main } from '../src/main.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Runs the command line in this process, as a user would call it. */
export async function referent(
  argv: readonly string[],
  { cwd = process.cwd(), stdin, env = {}, signal = new AbortController().signal }: RunOptions = {},
): Promise<Outcome> {
  const stdout = collector();
  const stderr = collector();
  const input = Object.assign(Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), {
    isTTY: stdin === undefined,
  });
  const inherited = process.env.REFERENT_CACHE ? { REFERENT_CACHE: process.env.REFERENT_CACHE } : {};
  const code = await main(argv, {
    stdin: input,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { ...inherited, ...env },
    cwd,
    signal,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, callback) {
      text += chunk;
      callback();
    },
  });
  return { stream, text: () => text };
}

const folders: string[] = [];

/** An empty folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'referent-cli-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
