import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import type { WheelPin } from './fetch-wheel.js';
import { tensorflowVersion, wheelPins } from './wheel-pins.js';

export type NativeEngineKind = 'cpu' | 'gpu';

/** What kind of machine this is, as far as native libraries care. */
export interface HostPlatform {
  /** `process.platform` */
  readonly platform: string;
  /** `process.arch` */
  readonly arch: string;
  /** Absent where the C library is another one (musl). */
  readonly glibc?: string | undefined;
}

/** The release of @tensorflow/tfjs-node(-gpu) whose addon is built. */
export const tfjsVersion = '4.22.0';

/** Raised when an engine is put together in another way than before: older folders then count as absent. */
const layoutRevision = 1;

export const addonPath = join('lib', 'napi-v8', 'tfjs_binding.node');

export function packageNameOf(kind: NativeEngineKind): '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu' {
  return kind === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
}

/** The folder of a finished engine. Everything that would make another one is in its name. */
export function engineFolder(cacheFolder: string, kind: NativeEngineKind, host: HostPlatform): string {
  const versions = `tfjs-node-${tfjsVersion}-tensorflow-${tensorflowVersion}`;
  return join(cacheFolder, 'engines', `${versions}-${kind}-${host.platform}-${host.arch}-r${layoutRevision}`);
}

export function downloadsFolder(cacheFolder: string): string {
  return join(cacheFolder, 'downloads');
}

/** @throws `ENGINE_UNSUPPORTED_PLATFORM` */
export function wheelsFor(kind: NativeEngineKind, host: HostPlatform): readonly WheelPin[] {
  const pins: Readonly<Record<string, readonly WheelPin[]>> = wheelPins;
  const found = pins[`${kind}-${host.platform}-${host.arch}`];
  if (found !== undefined && host.glibc !== undefined) return found;
  const musl = host.platform === 'linux' && host.glibc === undefined;
  throw new ReferentError('ENGINE_UNSUPPORTED_PLATFORM', {
    what: `There is no TensorFlow (${kind}) to set up for ${host.platform} on ${host.arch}${musl ? ' without glibc' : ''}.`,
    why: 'It is built from the Python package, which exists for Linux with glibc: on x64 (cpu, gpu) and arm64 (cpu).',
    fix: `Install ${packageNameOf(kind)} in your project, which brings its own TensorFlow, or use the wasm engine.`,
    details: { kind, ...host },
  });
}

/** Where a member of one of the wheels goes in the engine's folder; undefined: it is not needed. */
export function placeOfMember(member: string): string | undefined {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(member)) return member;
  if (headers.some((prefix) => member.startsWith(prefix))) return member;
  // The libraries' RUNPATH finds CUDA in ../nvidia/*/lib; XLA looks for its compiler in ../nvidia/cuda_nvcc.
  if (/^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(member) && !member.endsWith('.py')) return member;
  if (/(^[^/]+\.dist-info\/.*licen[cs]e|THIRD_PARTY_NOTICES)/i.test(member)) return join('licenses', member);
  return undefined;
}

/** What the addon's sources include. */
const headers = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
];
