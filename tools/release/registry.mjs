// A package registry on loopback that knows our packages only, thrown away afterwards.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { root } from '../run.mjs';

const folder = join(root, 'tools/registry');

export async function startRegistry(workFolder) {
  if (!existsSync(join(folder, 'node_modules/verdaccio'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  }
  const home = join(workFolder, 'registry');
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  const config = join(home, 'config.yaml');
  writeFileSync(config, configuration(home, port));
  const verdaccio = join(folder, 'node_modules/verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [verdaccio, '--config', config], { cwd: home, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(url, child);
  const npmrc = join(home, 'npmrc');
  writeFileSync(npmrc, `registry=${url}/\n//127.0.0.1:${port}/:_authToken=${await newToken(url)}\n`);
  return { url, npmrc, stop: () => child.kill() };
}

const configuration = (home, port) => `storage: ${join(home, 'storage')}
auth:
  htpasswd:
    file: ${join(home, 'htpasswd')}
uplinks: {}
packages:
  '**':
    access: $all
    publish: $authenticated
max_body_size: 500mb
listen: 127.0.0.1:${port}
log: { type: file, path: ${join(home, 'log')}, level: warn }
`;

async function newToken(url) {
  const response = await fetch(`${url}/-/user/org.couchdb.user:rehearsal`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'rehearsal', password: 'on loopback only' }),
  });
  const { token } = await response.json();
  if (!token) throw new Error(`The local registry gave no token (${response.status}).`);
  return token;
}

async function waitFor(url, child) {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`The local registry ended with ${child.exitCode}.`);
    const answer = await fetch(`${url}/-/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  child.kill();
  throw new Error('The local registry did not start within a minute.');
}
