import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.js';

const node = (script: string, signal?: AbortSignal) =>
  runCommand({ command: process.execPath, args: ['--eval', script], signal });

describe('runCommand', () => {
  it('returns what a program prints', async () => {
    expect(await node('console.log(1); console.error(2)')).toEqual({ stdout: '1\n', stderr: '2\n' });
  });

  it('says how a program failed, with the end of its output', async () => {
    await expect(node('console.error("broken"); process.exit(3)')).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      details: { code: 3, tail: 'broken' },
    });
    await expect(node('process.kill(process.pid, "SIGKILL")')).rejects.toMatchObject({ details: { code: 'SIGKILL' } });
  });

  it('says when a program is not there', async () => {
    await expect(runCommand({ command: 'no-such-program', args: [] })).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
    });
  });

  it('ends the program when it is told to stop', async () => {
    const stop = new AbortController();
    const running = node('setInterval(() => {}, 1000)', stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 100);
    await expect(running).rejects.toThrow('enough');
    await expect(node('', stop.signal)).rejects.toThrow('enough');
  });
});
