// What READMEs and examples take for granted: a model folder, a cache folder and TensorFlow. All from this machine's cache.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheFolder } from '@referent/runtime';

const cache = defaultCacheFolder({ env: process.env, platform: process.platform, home: homedir() });

/** `links`: names in the folder of a README's program, and what they stand for; undefined where it is not set up. */
export function modelPlaces() {
  return {
    links: { 'all-MiniLM-L6-v2': firstOf('models', 'all-minilm', 'config.json'), '.referent': existing(cache) },
    engine: firstOf(
      'engines',
      'tfjs-node-4',
      'node_modules/@tensorflow/tfjs-node/package.json',
      'node_modules/@tensorflow/tfjs-node',
    ),
  };
}

function firstOf(kind, prefix, proof, inside = '') {
  const folder = join(cache, kind);
  const found =
    existing(folder) &&
    readdirSync(folder).find((name) => name.startsWith(prefix) && existsSync(join(folder, name, proof)));
  return found && join(folder, found, inside);
}

function existing(folder) {
  return existsSync(folder) ? folder : undefined;
}
