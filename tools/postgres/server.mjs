// A throw-away PostgreSQL on the loopback.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { unprivileged } from '../unprivileged.mjs';
import { fetchedFolder, installedPrograms, programs } from './distribution.mjs';

/** Half a second does where nothing else runs. */
const startLimit = 120_000;

/**
 * Starts it and waits until it answers: `{ url, stop() }`. `stop` leaves nothing.
 * @param bin folder of initdb and postgres; else the one that was fetched, else the one that is installed
 */
export async function startPostgres({ bin, port = 0 } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'referent-postgres-'));
  const owner = unprivileged();
  const [data, secret] = ['data', 'password'].map((name) => join(home, name));
  const used = port === 0 ? await freePort() : port;
  let child;
  const isRunning = () => child && child.exitCode === null && child.signalCode === null;
  const clean = () => {
    if (isRunning()) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', clean);
  const stop = async () => {
    if (isRunning()) {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT'); // at once: nothing of it is kept
      await ended;
    }
    process.off('exit', clean);
    clean();
  };

  try {
    const from = bin ?? copied(home, owner) ?? installedPrograms();
    if (!from) throw new Error('There is no PostgreSQL: fetch one with `node tools/postgres/start.mjs --fetch`.');
    writeFileSync(secret, 'referent');
    mkdirSync(data, { mode: 0o700 });
    if (owner.uid !== undefined) for (const path of [home, secret, data]) chownSync(path, owner.uid, owner.gid);
    const access = ['-U', 'referent', '-A', 'scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8', '--no-sync'];
    const { status, stderr } = spawnSync(join(from, 'initdb'), ['-D', data, ...access], {
      ...owner,
      cwd: home,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'logging_collector=off'];
    const options = settings.flatMap((setting) => ['-c', setting]);
    child = spawn(join(from, 'postgres'), ['-D', data, '-p', String(used), ...options], {
      ...owner,
      cwd: home,
      detached: true, // Ctrl-C goes to the starter, which stops the server
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    for (const end = Date.now() + startLimit; !/ready to accept connections/.test(said) || !(await answers(used)); ) {
      if (!isRunning()) throw new Error(`PostgreSQL ended while it started:\n${said}`);
      if (Date.now() > end) throw new Error(`PostgreSQL did not start within ${startLimit / 1000} s:\n${said}`);
      await pause(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://referent:referent@127.0.0.1:${used}/postgres`, stop };
}

/** The cache of root is closed to the user that the server runs as: it gets a copy. */
function copied(home, { uid }) {
  const fetched = fetchedFolder();
  if (!fetched || uid === undefined) return fetched && join(fetched, programs);
  const copy = join(home, 'programs');
  cpSync(fetched, copy, { recursive: true });
  return join(copy, programs);
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (is) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
