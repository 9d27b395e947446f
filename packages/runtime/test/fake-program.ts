import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const path = process.env.PATH;

afterEach(() => {
  process.env.PATH = path;
});

/** Writes a program that runs `script` (CommonJS, arguments in `args`), and returns its path. */
export function fakeProgram(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `#!${process.execPath}\nconst args = process.argv.slice(2);\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Until the end of the test only programs of this folder are found (and `env`, which starts them). */
export function usePath(folder: string): void {
  process.env.PATH = folder;
}
