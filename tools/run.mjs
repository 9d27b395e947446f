import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command of this repository with its output on the screen; ends this process where it fails. */
export function run(command, args, { environment = {} } = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exit(status ?? 1);
}

/** Builds the packages; turbo's notices and cached output stay off the screen. */
export function build(...filters) {
  const environment = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const args = ['run', 'build', '--output-logs=errors-only', ...filters.map((filter) => `--filter=${filter}`)];
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/turbo'), args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    process.exit(status ?? 1);
  }
  const seconds = (Date.now() - started) / 1000;
  if (seconds > 3) process.stderr.write(`✓ build packages: ${seconds.toFixed(0)} s\n`);
}
