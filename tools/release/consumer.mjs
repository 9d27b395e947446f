// An empty project outside the workspace, as a user has it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** What an install script downloads cannot be had everywhere: native engines come from the cache of this machine. */
const withoutScripts = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'core-js', 'protobufjs', 'hnswlib-node'];

export function createConsumer(folder, registry) {
  mkdirSync(folder, { recursive: true });
  write('package.json', `${JSON.stringify(manifest(), null, 2)}\n`);
  write('.npmrc', `@referent:registry=${registry.url}/\naudit=false\nfund=false\nupdate-notifier=false\n`);
  return { folder, write, run, install, modules };

  function write(name, text) {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  /** `undefined` where all went well, else the end of what was said. */
  function run(command, args, { environment = {}, expect } = {}) {
    return new Promise((done) => {
      const env = { ...process.env, NODE_PATH: '', NODE_OPTIONS: '', ...environment };
      const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 1_200_000, env });
      const said = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (text) => {
          said[stream] += text;
        });
      }
      child.once('error', (error) => done(String(error)));
      child.once('close', (status, signal) => {
        if (status === 0 && (!expect || expect.test(said.stdout))) return done(undefined);
        const last = `${said.stdout}${said.stderr}`.trim().split('\n').slice(-12).join('\n');
        done(last || `ended with ${status ?? signal}`);
      });
    });
  }

  function install(names) {
    return run('npm', ['install', '--prefer-offline', '--loglevel=error', ...names]);
  }

  /** The packages that npm put here, and which of them carry native code. */
  function modules() {
    const files = existsSync(join(folder, 'node_modules'))
      ? readdirSync(join(folder, 'node_modules'), { recursive: true })
      : [];
    const packages = files.filter((file) => /(^|node_modules\/)(@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(file));
    const native = new Set(files.filter((file) => /\.node$|(^|\/)binding\.gyp$/.test(file)).map(packageOf));
    return { count: packages.length, native: [...native] };
  }
}

const manifest = () => ({
  private: true,
  type: 'module',
  allowScripts: Object.fromEntries(withoutScripts.map((name) => [name, false])),
});

const packageOf = (file) => /^(?:.*node_modules\/)?((?:@[^/]+\/)?[^/]+)/.exec(file)[1];

/** Node releases to try: this one, and those of tools/registry that could be installed. */
export function nodeReleases() {
  const others = ['node-22', 'node-24'].map((name) => join(root, 'tools/registry/node_modules', name, 'bin/node'));
  return [process.execPath, ...others.filter((path) => existsSync(path))].map((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return { path, version: stdout.trim() };
  });
}
