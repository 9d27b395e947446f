import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const commandLine = fileURLToPath(new URL('../../apps/cli/bin/referent.js', import.meta.url));

/** Runs a program and gives what it printed; what it says on standard error is shown. Fails where it fails. */
export function run(program, args, { input, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: root, env });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
    child.stdin.on('error', () => {}); // it may end before it has read all
    child.stdin.end(input ?? '');
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${code}`));
    });
  });
}

/** Runs the command line of this repository, as built. */
export function referent(...args) {
  return run(process.execPath, [commandLine, ...args]);
}
