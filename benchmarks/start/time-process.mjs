import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Milliseconds from the start of a process to its first output and to its end, and the processor time that it and its
 * children took (null where the system does not tell).
 */
export function timeProcess([program, ...args], cwd) {
  const processorBefore = processorOfChildren();
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let firstOutput = null;
    let errors = '';
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', () => {
      firstOutput ??= performance.now() - started;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${errors}`));
      const end = performance.now() - started;
      const processor = processorBefore === null ? null : processorOfChildren() - processorBefore;
      resolve({ firstOutput, end, processor });
    });
  });
}

/** User and system time of the children that have ended, from Linux; a tick is 10 ms. */
function processorOfChildren() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return null;
  }
}
