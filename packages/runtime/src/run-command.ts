import { spawn } from 'node:child_process';
import { ReferentError } from '@referent/core';

export interface CommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, without a shell.
 * @throws `COMMAND_NOT_FOUND`; `COMMAND_FAILED` with the exit code and the end of its output in `details`;
 * the signal's reason when it is aborted (the program is ended first)
 */
export async function runCommand({ command, args, cwd, signal }: CommandOptions): Promise<CommandOutput> {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  try {
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signalName) => resolve(exitCode ?? signalName ?? 'unknown'));
    });
    signal?.throwIfAborted();
    if (code !== 0) throw commandFailed(command, args, code, stdout, stderr);
    return { stdout, stderr };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ReferentError('COMMAND_NOT_FOUND', {
      what: `The program ${command} could not be started: it was not found.`,
      fix: `Install ${command}, or put it on the PATH.`,
      details: { command },
      cause: error,
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function commandFailed(
  command: string,
  args: readonly string[],
  code: number | string,
  stdout: string,
  stderr: string,
): ReferentError {
  const tail = lastLines(stderr || stdout, 12);
  return new ReferentError('COMMAND_FAILED', {
    what: `${command} ended with ${typeof code === 'number' ? `exit code ${code}` : `signal ${code}`}.`,
    why: tail && `It said: ${tail}`,
    details: { command, args, code, tail },
  });
}

export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
