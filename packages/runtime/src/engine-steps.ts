import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isReferentError, type Logger, ReferentError } from '@referent/core';
import nodeApiHeaders from 'node-api-headers';
import type { BuildStep } from './build-folder.js';
import { addonPath, type NativeEngineKind, packageNameOf, placeOfMember, tfjsVersion } from './engine-layout.js';
import { fetchWheel, type WheelPin } from './fetch-wheel.js';
import { quietAddon } from './quiet-addon.js';
import { runCommand } from './run-command.js';
import { selfTest } from './self-test.js';
import { tensorflowVersion } from './wheel-pins.js';
import { extractZip } from './zip.js';

export interface EngineStepsOptions {
  readonly kind: NativeEngineKind;
  readonly wheels: readonly WheelPin[];
  /** Where the wheels are kept until they are unpacked. */
  readonly downloads: string;
  readonly logger?: Logger | undefined;
}

/** From an empty folder to an engine that has proved that it computes. */
export function engineSteps({ kind, wheels, downloads, logger }: EngineStepsOptions): BuildStep[] {
  const packageName = packageNameOf(kind);
  return [
    installPackage(packageName),
    ...wheels.map((pin) => unpackWheel(pin, downloads, logger)),
    compileAddon(packageName),
    proveEngine(packageName),
  ];
}

/** The JavaScript of the package; its install script, which downloads an older TensorFlow, stays off. */
function installPackage(packageName: string): BuildStep {
  const step = `install ${packageName} ${tfjsVersion}`;
  return {
    name: 'package',
    async run({ folder, signal, onProgress }) {
      onProgress?.({ step, done: 0, total: 1, unit: 'packages' });
      await writeFile(join(folder, 'package.json'), '{ "private": true, "license": "UNLICENSED" }\n');
      const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--no-update-notifier'];
      const args = ['install', '--prefix', folder, '--ignore-scripts', ...flags, '--loglevel=error'];
      try {
        await runCommand({ command: 'npm', args: [...args, `${packageName}@${tfjsVersion}`], cwd: folder, signal });
      } catch (error) {
        if (!isReferentError(error)) throw error;
        throw new ReferentError('ENGINE_INSTALL_FAILED', {
          what: `npm could not install ${packageName} ${tfjsVersion}.`,
          why: error.why ?? error.what,
          fix: 'Check the network and the registry that npm is configured with (npm config get registry), then run it again.',
          cause: error,
        });
      }
      onProgress?.({ step, done: 1, total: 1, unit: 'packages' });
    },
  };
}

function unpackWheel(pin: WheelPin, downloads: string, logger: Logger | undefined): BuildStep {
  return {
    name: `wheel-${pin.name}`,
    async run({ folder, signal, onProgress }) {
      const archive = await fetchWheel({ pin, folder: downloads, signal, onProgress, logger });
      const step = `unpack ${pin.name} ${pin.version}`;
      await extractZip({ archive, folder, select: placeOfMember, step, signal, onProgress });
      await rm(archive, { force: true });
    },
  };
}

/** One call of the compiler: the addon needs two of TensorFlow's libraries and the headers of Node-API, nothing of Node. */
function compileAddon(packageName: string): BuildStep {
  return {
    name: 'addon',
    async run({ folder, signal, onProgress }) {
      const step = 'compile the addon';
      onProgress?.({ step, done: 0, total: 1, unit: 'files' });
      const source = join(folder, 'node_modules', packageName);
      const libraries = join(folder, 'tensorflow');
      const addon = join(source, addonPath);
      await mkdir(dirname(addon), { recursive: true });
      const compile = async (files: readonly string[], needed: readonly string[], output: string) => {
        const args = [
          ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
          ...[nodeApiHeaders.include_dir, source, join(libraries, 'include')].map((path) => `-I${path}`),
          ...files,
          ...[`-L${libraries}`, ...needed.map((library) => `-l:${library}`)],
          ...[`-Wl,-rpath,$ORIGIN/${relative(dirname(output), libraries)}`, '-o', `${output}.part`],
        ];
        await runCommand({ command: 'g++', args, signal });
        await rename(`${output}.part`, output);
      };
      try {
        const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, 'binding', file));
        await compile(sources, ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'], addon);
        await writeFile(join(folder, 'quiet.cc'), quietAddon.source);
        await compile([join(folder, 'quiet.cc')], [], join(folder, quietAddon.file));
      } catch (error) {
        if (!isReferentError(error)) throw error;
        throw new ReferentError('ENGINE_COMPILE_FAILED', {
          what: 'The addon that connects Node to TensorFlow could not be compiled.',
          why: error.why ?? error.what,
          fix: 'It needs g++ 8 or newer with the C++ standard library: apt-get install g++',
          cause: error,
        });
      }
      onProgress?.({ step, done: 1, total: 1, unit: 'files' });
    },
  };
}

function proveEngine(packageName: string): BuildStep {
  return {
    name: 'self-test',
    async run({ folder, signal, onProgress }) {
      const step = 'test the engine';
      onProgress?.({ step, done: 0, total: 1, unit: 'tests' });
      await selfTest({ folder, packageName, tensorflowVersion, quietAddon: quietAddon.file, signal });
      onProgress?.({ step, done: 1, total: 1, unit: 'tests' });
    },
  };
}
