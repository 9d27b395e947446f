import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle } from 'tsup';
import type { KilledWork } from './killed-work.js';

const packages = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Makes one program of a source file, so that a process begins its work at once; returns its path. */
export async function bundleProgram(source: string, outDir: string): Promise<string> {
  await bundle({
    entry: [source],
    outDir,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    splitting: false,
    noExternal: [/^(?!node:)/],
    esbuildOptions(options) {
      options.alias = {
        '@referent/index-exact/node': join(packages, 'index-exact/src/node.ts'),
        '@referent/core': join(packages, 'core/src/index.ts'),
        '@referent/index-usearch': join(packages, 'index-usearch/src/index.ts'),
        '@referent/index-exact': join(packages, 'index-exact/src/index.ts'),
        '@referent/knowledge-base': join(packages, 'knowledge-base/src/index.ts'),
      };
      // Finds libsql where it is installed.
      options.define = { 'import.meta.url': JSON.stringify(pathToFileURL(source).href) };
    },
    esbuildPlugins: [
      {
        name: 'usearch from where it is installed',
        setup({ onResolve }) {
          onResolve({ filter: /^usearch$/ }, () => ({
            path: createRequire(source).resolve('usearch'),
            external: true,
          }));
        },
      },
    ],
    config: false,
    silent: true,
    clean: false,
  });
  return join(outDir, basename(source).replace(/\.ts$/, '.mjs'));
}

export interface Limits {
  /** Milliseconds. */
  readonly killAfter?: number;
  /** No file may grow beyond this: what a full disk is to a process. */
  readonly fileKilobytes?: number;
}

/** Runs a command with limits; whether it was killed. @throws what it wrote, if it failed by itself */
export async function runKilled(
  command: readonly string[],
  { killAfter, fileKilobytes }: Limits = {},
): Promise<{ isKilled: boolean }> {
  // The limit's signal is ignored, so that the write fails instead.
  const limit = `trap '' XFSZ; ulimit -f ${fileKilobytes ?? 'unlimited'}; exec "$@"`;
  const child = spawn('bash', ['-c', limit, 'bash', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...result) => resolve(result));
  });
  clearTimeout(timer);
  const isKilled = signal === 'SIGKILL';
  if (!isKilled && code !== 0) throw new Error(errors);
  return { isKilled };
}

/** Lets a program of `doKilledWork` work once: `done`, the code of an error, or undefined if it was killed; and its steps. */
export async function runWork(
  program: string,
  work: Omit<KilledWork, 'done'>,
  limits?: Limits,
): Promise<{ outcome: string | undefined; steps: number }> {
  const done = join(dirname(program), 'done');
  rmSync(done, { force: true });
  await runKilled([process.execPath, program, JSON.stringify({ ...work, done })], limits);
  const [outcome, steps] = existsSync(done) ? readFileSync(done, 'utf8').split(' ') : [];
  return { outcome, steps: Number(steps ?? 0) };
}
