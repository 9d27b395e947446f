import { rm } from 'node:fs/promises';
import {
  assertKnownOptions,
  isReferentError,
  type Logger,
  ReferentError,
  type WorkOptions,
  workOptionNames,
} from '@referent/core';
import { type BuildStep, buildFolder } from './build-folder.js';
import { assertFreeSpace } from './disk-space.js';
import {
  downloadsFolder,
  engineFolder,
  type HostPlatform,
  type NativeEngineKind,
  packageNameOf,
  wheelsFor,
} from './engine-layout.js';
import { engineSteps } from './engine-steps.js';
import type { WheelPin } from './fetch-wheel.js';
import { thisHost } from './host.js';
import { runCommand } from './run-command.js';
import { tensorflowVersion } from './wheel-pins.js';

export interface ProvisionEngineOptions extends WorkOptions {
  readonly kind: NativeEngineKind;
  readonly cacheFolder: string;
  readonly logger?: Logger | undefined;
  /** @default this machine */
  readonly host?: HostPlatform;
}

export interface ProvisionedEngine {
  readonly kind: NativeEngineKind;
  readonly packageName: string;
  readonly tensorflowVersion: string;
  readonly folder: string;
  /** It was there already. */
  readonly reused: boolean;
}

/** The installed JavaScript: measured, rounded up. */
const packageBytes = 350e6;

/**
 * Builds TensorFlow for Node in the user's cache: the package's JavaScript from npm, TensorFlow's libraries from the Python
 * package, the addon between them from the package's own sources. Killed, it goes on where it stopped; two at once share the work.
 * @throws `ENGINE_UNSUPPORTED_PLATFORM`, `ENGINE_TOOLS_MISSING`, `DISK_SPACE`, `DISK_FULL`, `CACHE_NOT_WRITABLE`, `LOCK_LOST`,
 * `DOWNLOAD_FAILED`, `DOWNLOAD_CHECKSUM`, `WHEEL_UNAVAILABLE`, `ENGINE_INSTALL_FAILED`, `ENGINE_COMPILE_FAILED`, `ENGINE_SELF_TEST_FAILED`, `UNKNOWN_OPTION`
 */
export async function provisionEngine(options: ProvisionEngineOptions): Promise<ProvisionedEngine> {
  assertKnownOptions('provisionEngine', options, ['kind', 'cacheFolder', 'host', 'logger', ...workOptionNames]);
  const { kind, cacheFolder, host = thisHost(), logger, signal, onProgress } = options;
  const wheels = wheelsFor(kind, host);
  const folder = engineFolder(cacheFolder, kind, host);
  const downloads = downloadsFolder(cacheFolder);
  const steps: readonly BuildStep[] = engineSteps({ kind, wheels, downloads, logger });
  const { reused } = await buildFolder({
    folder,
    steps,
    signal,
    onProgress,
    logger,
    beforeWork: async (missing, context) => {
      await assertTools(context.signal);
      await assertFreeSpace(cacheFolder, bytesNeeded(wheels, missing), `Setting up TensorFlow (${kind})`);
    },
  });
  await Promise.all(wheels.map((pin) => rm(`${downloads}/${pin.file}`, { force: true })));
  return { kind, packageName: packageNameOf(kind), tensorflowVersion, folder, reused };
}

/** Wheels are unpacked one by one and deleted: the largest missing one is there twice for a while. */
function bytesNeeded(wheels: readonly WheelPin[], missing: readonly string[]): number {
  const left = wheels.filter((pin) => missing.includes(`wheel-${pin.name}`));
  const unpacked = left.reduce((sum, pin) => sum + pin.unpackedBytes, 0);
  return unpacked + Math.max(0, ...left.map((pin) => pin.bytes)) + (missing.includes('package') ? packageBytes : 0);
}

const tools = [
  { name: 'npm', command: 'npm', args: ['--version'], install: 'npm' },
  { name: 'python3', command: 'python3', args: ['--version'], install: 'python3' },
  { name: 'pip', command: 'python3', args: ['-m', 'pip', '--version'], install: 'python3-pip' },
  { name: 'g++', command: 'g++', args: ['--version'], install: 'g++' },
] as const;

async function assertTools(signal: AbortSignal): Promise<void> {
  const missing = [];
  for (const { name, command, args, install } of tools) {
    try {
      await runCommand({ command, args, signal });
    } catch (error) {
      if (!isReferentError(error)) throw error;
      missing.push({ name, install });
    }
  }
  if (missing.length === 0) return;
  throw new ReferentError('ENGINE_TOOLS_MISSING', {
    what: `To set up TensorFlow, ${missing.map(({ name }) => name).join(' and ')} must be installed.`,
    why: 'The connection between Node and TensorFlow is compiled on this machine.',
    fix: `For example: apt-get install ${missing.map(({ install }) => install).join(' ')}`,
    details: { missing: missing.map(({ name }) => name) },
  });
}
