import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Logger, silentLogger, type WorkOptions } from '@referent/core';
import { explainFileError, isMissingFile } from './file-errors.js';
import { withLock } from './lock.js';

export interface BuildStepContext extends WorkOptions {
  /** The folder that is being made, not yet at its final place. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface BuildStep {
  /** Names the marker that says it is done: letters, digits, dots, dashes. */
  readonly name: string;
  /** Must stand a second call after a killed first one. */
  run(context: BuildStepContext): Promise<void>;
}

export interface BuildFolderOptions extends WorkOptions {
  readonly folder: string;
  /** Done in order. What the folder holds appears all at once, after the last. */
  readonly steps: readonly BuildStep[];
  /** Called before the first missing step, with the names of all that are missing. */
  readonly beforeWork?: (missing: readonly string[], context: BuildStepContext) => Promise<void>;
  readonly logger?: Logger | undefined;
  /** See `LockOptions`. */
  readonly stale?: number;
}

const markerFolder = '.steps';

/**
 * Makes a folder in steps. A killed call goes on where it stopped; of two at once the second waits and uses the result.
 * Returns whether the folder was there already.
 * @throws `CACHE_NOT_WRITABLE`, `DISK_FULL`, `LOCK_LOST`, and what the steps throw
 */
export async function buildFolder(options: BuildFolderOptions): Promise<{ reused: boolean }> {
  const { folder, signal, onProgress, logger = silentLogger, stale } = options;
  const work = join(dirname(folder), `.${basename(folder)}.work`);
  try {
    if (await exists(folder)) return { reused: true };
    await mkdir(dirname(folder), { recursive: true });
    return await withLock({
      path: work,
      signal,
      ...(stale !== undefined && { stale }),
      onWait: () => {
        logger.info(`Another process is making ${folder}; waiting for it.`);
        onProgress?.({ step: 'wait for another process', done: 0, unit: 'steps' });
      },
      work: async (lockSignal) => {
        if (await exists(folder)) return { reused: true };
        await runSteps(work, options, lockSignal);
        lockSignal.throwIfAborted();
        await rename(work, folder);
        await rm(join(folder, markerFolder), { recursive: true, force: true });
        return { reused: false };
      },
    });
  } catch (error) {
    throw explainFileError(error, dirname(folder));
  }
}

async function runSteps(work: string, options: BuildFolderOptions, signal: AbortSignal): Promise<void> {
  const markers = join(work, markerFolder);
  await mkdir(markers, { recursive: true });
  const done = new Set(await readdir(markers));
  const missing = options.steps.filter((step) => !done.has(step.name));
  const context = { folder: work, signal, onProgress: options.onProgress };
  if (missing.length > 0) {
    await options.beforeWork?.(
      missing.map((step) => step.name),
      context,
    );
  }
  for (const step of missing) {
    signal.throwIfAborted();
    await step.run(context);
    await writeFile(join(markers, step.name), '');
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
