import { join } from 'node:path';
import {
  type AsyncClosing,
  assertKnownOptions,
  asyncClosing,
  type Logger,
  ReferentError,
  silentLogger,
} from '@referent/core';
import {
  createEagerEngine,
  type Engine,
  type GraphDialect,
  type Precision,
  type TensorGraphEngine,
} from '@referent/tensor-ops';
import { type HostPlatform, packageNameOf } from './engine-layout.js';
import { type FoundEngine, findEngines } from './find-engines.js';
import { createGraphCache } from './graph-cache.js';
import { createGraphEngine } from './graph-engine.js';
import { type LoadedTensorFlow, loadTensorFlow } from './load-tensorflow.js';
import { loadWasm } from './load-wasm.js';
import { describeMachine, type Machine } from './machine.js';
import { measureSpeed } from './measure-speed.js';
import { createMeasurementStore } from './measurement-store.js';
import { choosePrecision, type PrecisionChoice, type SpeedMeasurement } from './precision-choice.js';
import type { TensorFlow } from './tensorflow.js';

export type EngineChoice = 'auto' | 'cpu' | 'gpu' | 'wasm';

export interface StartEngineOptions {
  /** @default 'auto': the best that is installed, wasm if nothing is */
  readonly engine?: EngineChoice;
  /** @default 'auto': half the width where it was measured to be faster on this machine */
  readonly precision?: Precision | 'auto';
  readonly cacheFolder: string;
  /** Where the user's own @tensorflow/tfjs-node(-gpu) is looked for. @default nowhere */
  readonly projectFolder?: string | undefined;
  /** Threads that TensorFlow uses. The first engine of a process decides for all. @default all cores */
  readonly threads?: number | undefined;
  /** Disk space for prepared graphs. @default 8e9 */
  readonly graphCacheBytes?: number | undefined;
  /** Lets TensorFlow write its log to stderr. @default false */
  readonly nativeLog?: boolean | undefined;
  /** Measures the speed again, even if it is known. @default false */
  readonly measure?: boolean | undefined;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

const optionNames = [
  'engine',
  'precision',
  'cacheFolder',
  'projectFolder',
  'threads',
  'graphCacheBytes',
  'nativeLog',
  'measure',
  'logger',
  'signal',
];

export interface EngineInfo {
  readonly kind: 'tfjs-node-gpu' | 'tfjs-node' | 'wasm';
  /** `project`: the user's own. `cache`: set up by Referent. `bundled`: a dependency of this package. */
  readonly source: 'project' | 'cache' | 'bundled';
  readonly folder?: string;
  readonly tfjsVersion: string;
  /** Of the native library. */
  readonly tensorflowVersion?: string;
  /** A GPU is really in use. */
  readonly gpu: boolean;
  readonly threads: number;
  readonly precision: Precision;
  readonly precisionReason: string;
  readonly measurement?: SpeedMeasurement;
  /** For the user: what is lost, and what to do about it. */
  readonly notes: readonly string[];
}

export interface StartedEngine extends Engine, Partial<TensorGraphEngine>, AsyncClosing {
  readonly info: EngineInfo;
  /** TensorFlow.js with this engine's backend, for what is not a `Program`: training, an eager twin. */
  readonly tf: TensorFlow;
}

/**
 * Starts the best engine there is. Downloads and builds nothing: that is `provisionEngine`.
 * @throws `ENGINE_MISSING` the engine asked for is not installed or cannot be loaded; `ENGINE_PRECISION_UNSUPPORTED`
 */
export async function startEngine(options: StartEngineOptions): Promise<StartedEngine> {
  assertKnownOptions('startEngine', options, optionNames);
  const { engine = 'auto', cacheFolder, projectFolder, logger = silentLogger, signal } = options;
  signal?.throwIfAborted();
  const machine = await describeMachine();
  const notes: string[] = [];
  if (engine !== 'wasm') {
    const found = await findEngines({ projectFolder, cacheFolder, host: machine });
    for (const candidate of found) {
      if (engine !== 'auto' && engine !== candidate.kind) continue;
      const loaded = tryLoad(candidate, options, notes);
      if (loaded) return startNative(candidate, loaded, machine, options, notes);
    }
    if (engine !== 'auto') throw engineMissing(engine, notes);
    notes.push(
      'TensorFlow is not set up, so WebAssembly is used: about ten times slower, on one thread. Run `referent setup` once to change that.',
    );
  }
  for (const note of notes) logger.warn(note);
  return startWasm(options, machine, notes);
}

function tryLoad(candidate: FoundEngine, options: StartEngineOptions, notes: string[]): LoadedTensorFlow | undefined {
  let defect = candidate.defect;
  try {
    if (defect === undefined) return loadTensorFlow(candidate, options);
  } catch (error) {
    defect = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
  const fix = candidate.source === 'cache' ? ` Delete ${candidate.folder} and run \`referent setup\`.` : '';
  notes.push(`${candidate.packageName} in ${candidate.folder} cannot be used: ${defect}.${fix}`);
  return undefined;
}

async function startNative(
  candidate: FoundEngine,
  { tf, backend }: LoadedTensorFlow,
  machine: Machine,
  options: StartEngineOptions,
  notes: string[],
): Promise<StartedEngine> {
  const { cacheFolder, graphCacheBytes, logger = silentLogger, threads = machine.cores } = options;
  const kind = candidate.kind === 'gpu' ? 'tfjs-node-gpu' : 'tfjs-node';
  const gpu = backend.isUsingGpuDevice;
  if (candidate.kind === 'gpu' && !gpu) {
    notes.push('tfjs-node-gpu found no usable GPU and computes on the CPU: check the NVIDIA driver with nvidia-smi.');
  }
  if (options.precision === 'float16' && !gpu) {
    notes.push('On a CPU, TensorFlow computes float16 by very slow code: use it on GPUs only.');
  }
  for (const note of notes) logger.warn(note);
  const tensorflowVersion = backend.binding.TF_Version;
  const cache = createGraphCache({ folder: join(cacheFolder, 'graphs'), limitBytes: graphCacheBytes, logger });
  const dialect = dialectFor(machine, gpu, tensorflowVersion);
  const engineFor = (precision: Precision) =>
    createGraphEngine({ name: kind, tf, tensorflowVersion, precision, dialect, cache, logger });
  const measurementKey = [kind, tensorflowVersion, dialect, gpu ? 'GPU' : machine.cpuModel, `${threads} threads`].join(
    ', ',
  );
  const { measurement, ...choice } = await resolvePrecision(options, measurementKey, gpu, engineFor);
  const info: EngineInfo = {
    kind,
    source: candidate.source,
    folder: candidate.folder,
    tfjsVersion: tf.version_core,
    tensorflowVersion,
    gpu,
    threads,
    precision: choice.precision,
    precisionReason: choice.reason,
    ...(measurement && { measurement }),
    notes,
  };
  const engine: Engine & Partial<TensorGraphEngine> = engineFor(choice.precision);
  // Such graphs are for processors: on a GPU their tensors would travel to the host and back.
  if (gpu) delete engine.openGraph;
  return asyncClosing(Object.assign(engine, { info, tf }));
}

/** The fused kernels of oneDNN are in TensorFlow's x86 builds since long, but their names were fixed late. */
function dialectFor(machine: HostPlatform, gpu: boolean, tensorflowVersion: string): GraphDialect {
  const [major = 0, minor = 0] = tensorflowVersion.split('.').map(Number);
  const recent = major > 2 || (major === 2 && minor >= 18);
  return machine.arch === 'x64' && machine.platform === 'linux' && !gpu && recent ? 'onednn' : 'portable';
}

async function resolvePrecision(
  options: StartEngineOptions,
  key: string,
  gpu: boolean,
  engineFor: (precision: Precision) => Engine,
): Promise<PrecisionChoice & { measurement?: SpeedMeasurement }> {
  const { precision = 'auto', cacheFolder, measure = false, logger = silentLogger, signal } = options;
  const store = createMeasurementStore(cacheFolder, logger);
  let measurement = measure ? undefined : await store.read(key);
  if (measurement === undefined && (measure || precision === 'auto')) {
    logger.debug('Measuring which precision is faster on this machine.');
    measurement = await measureSpeed({ engineFor, reduced: gpu ? 'float16' : 'bfloat16', logger, signal });
    await store.write(key, measurement);
  }
  const choice = precision === 'auto' ? choosePrecision(measurement!) : { precision, reason: 'asked for' };
  return { ...choice, ...(measurement && { measurement }) };
}

async function startWasm(
  { precision = 'auto' }: StartEngineOptions,
  machine: Machine,
  notes: readonly string[],
): Promise<StartedEngine> {
  if (precision !== 'auto' && precision !== 'float32') {
    throw new ReferentError('ENGINE_PRECISION_UNSUPPORTED', {
      what: `The WebAssembly engine of ${machine.platform} computes in float32, not in ${precision}.`,
      fix: 'Leave the precision at auto, or set TensorFlow up with `referent setup`.',
      details: { precision },
    });
  }
  const tf = await loadWasm();
  const info: EngineInfo = {
    kind: 'wasm',
    source: 'bundled',
    tfjsVersion: tf.version_core,
    gpu: false,
    threads: 1,
    precision: 'float32',
    precisionReason: 'the only one of WebAssembly',
    notes,
  };
  return Object.assign(createEagerEngine({ tf, name: 'wasm' }), { info, tf });
}

function engineMissing(engine: 'cpu' | 'gpu', notes: readonly string[]): ReferentError {
  return new ReferentError('ENGINE_MISSING', {
    what: `No TensorFlow for the ${engine.toUpperCase()} can be used.`,
    why: notes.join(' ') || 'None is installed in the project, and none was set up in the cache folder.',
    fix: `Run: referent setup --engine ${engine}, or npm install ${packageNameOf(engine)} in your project, whose folder is \`projectFolder\`.`,
    details: { engine },
  });
}
