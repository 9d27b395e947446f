// Somebody who follows a page: folders with all modules of this repository, and commands that mean its builds.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { modelPlaces } from './model-places.mjs';
import { root } from './run.mjs';

const modules = join(root, 'node_modules');
const program = join(root, 'apps/cli/bin/referent.js');

/** A vitest inside a vitest must not take itself for a part of it. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV|FORCE_COLOR)/.test(name)),
);

export function createReader() {
  const home = mkdtempSync(join(tmpdir(), 'referent-reader-'));
  installEverything(join(home, 'node_modules'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  command('referent', `exec '${process.execPath}' '${program}' "$@"`);
  command('npx', `[ "$1" = referent ] && shift && exec referent "$@"\nexec '${realPath('npx')}' --no-install "$@"`);
  // What a page installs is here already; a name that is not is a mistake of the page.
  command(
    'npm',
    `case "$1" in install | i) shift ;; *) exec '${realPath('npm')}' "$@" ;; esac
for name; do
  case "$name" in -*) continue ;; referent) continue ;; esac
  name=$(printf %s "$name" | sed 's/\\(.\\)@.*/\\1/')
  [ -e "${join(modules, '$name')}" ] || { echo "$name is not among the installed packages" >&2; exit 1; }
done`,
  );
  const env = { ...outside, NO_COLOR: '1', PATH: `${bin}${delimiter}${process.env.PATH}` };
  return { folder, run, close: () => rmSync(home, { recursive: true, force: true }) };

  function command(name, script) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }

  /** An empty folder below the modules. */
  function folder(name) {
    const own = join(home, name);
    mkdirSync(own, { recursive: true });
    return own;
  }

  /** @returns {Promise<{ status: number | null, stdout: string, stderr: string }>} */
  function run(file, args, cwd) {
    return new Promise((done) => {
      const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (text) => {
          said[stream] += text;
        });
      }
      child.once('error', (error) => done({ status: null, stdout: '', stderr: String(error) }));
      child.once('close', (status) => done({ status, ...said }));
    });
  }
}

const realPath = (name) => join(process.execPath, '..', name);

/** The modules of this repository, with the TensorFlow that `referent setup` built where a user has his own. */
function installEverything(own) {
  mkdirSync(join(own, '@tensorflow'), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== '@tensorflow' && (!name.startsWith('.') || name === '.bin'))
      symlinkSync(join(modules, name), join(own, name));
  }
  const { engine } = modelPlaces();
  for (const name of readdirSync(join(modules, '@tensorflow'))) {
    if (!(engine && name === 'tfjs-node'))
      symlinkSync(join(modules, '@tensorflow', name), join(own, '@tensorflow', name));
  }
  if (engine) symlinkSync(engine, join(own, '@tensorflow/tfjs-node'));
}

/** The model and the cache that programs of a page take for granted. */
export function placeModels(folder) {
  for (const [name, target] of Object.entries(modelPlaces().links)) if (target) symlinkSync(target, join(folder, name));
}
