import { isReferentError, ReferentError } from '@referent/core';
import { runCommand } from './run-command.js';

export interface SelfTestOptions {
  /** The engine's folder: the package lies in its node_modules. */
  readonly folder: string;
  readonly packageName: string;
  readonly tensorflowVersion: string;
  /** Relative to the folder. */
  readonly quietAddon: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs in a process of its own: a broken library may end the process that loads it. */
const script = `
  process.on('uncaughtException', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  const [folder, packageName, version, quietAddon] = process.argv.slice(1);
  process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  const { createRequire } = require('node:module');
  const util = require('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
  const engineRequire = createRequire(folder + '/package.json');
  const quiet = engineRequire(folder + '/' + quietAddon);
  quiet.mute();
  const tf = engineRequire(packageName);
  quiet.unmute();
  const found = tf.backend().binding.TF_Version;
  if (found !== version) throw new Error('TensorFlow ' + found + ' answered instead of ' + version);
  const size = 48;
  const value = (row, column) => ((row * 7 + column * 3) % 11) - 5;
  const a = Array.from({ length: size * size }, (_, i) => value(Math.floor(i / size), i % size));
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(a, [size, size]), tf.tensor2d(a, [size, size])).dataSync());
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += value(i, k) * value(k, j);
    if (product[i * size + j] !== sum) throw new Error('a matrix product came out wrong');
  }
  console.log('engine works');
`;

/**
 * Loads the engine and lets it multiply two matrices.
 * @throws `ENGINE_SELF_TEST_FAILED`
 */
export async function selfTest({
  folder,
  packageName,
  tensorflowVersion,
  quietAddon,
  signal,
}: SelfTestOptions): Promise<void> {
  const args = ['--input-type=commonjs', '--eval', script, folder, packageName, tensorflowVersion, quietAddon];
  try {
    const { stdout } = await runCommand({ command: process.execPath, args, signal });
    if (stdout.trim() !== 'engine works') throw new Error(`it printed: ${stdout}`);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ReferentError('ENGINE_SELF_TEST_FAILED', {
      what: `${packageName} was built, but does not compute.`,
      why: isReferentError(error) ? (error.why ?? error.what) : String(error),
      fix: `Delete ${folder} and set it up again; if it repeats, please report it with the text above. The wasm engine works meanwhile.`,
      details: { folder, packageName },
      cause: error,
    });
  }
}
