import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import type { FoundEngine } from './find-engines.js';
import type { Quiet } from './quiet-addon.js';
import type { NativeBackend, NativeTensorFlow } from './tensorflow.js';

export interface LoadOptions {
  /** Threads of one operation, and operations at a time. Counts in the first call of a process only. @default all cores */
  readonly threads?: number | undefined;
  /** Lets TensorFlow write its log to stderr. @default false */
  readonly nativeLog?: boolean | undefined;
}

export interface LoadedTensorFlow {
  readonly tf: NativeTensorFlow;
  readonly backend: NativeBackend;
}

/**
 * Loads TensorFlow into this process, for good: it cannot be unloaded. TensorFlow takes its settings from the environment
 * of the process, so they are written there (never read). A worker thread has a copy of the environment which native code does not see:
 * start it with `env: SHARE_ENV`.
 */
export function loadTensorFlow(engine: FoundEngine, { threads, nativeLog = false }: LoadOptions): LoadedTensorFlow {
  if (!nativeLog) process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = String(threads);
  }
  // Without it TensorFlow takes the whole memory of the GPU for itself.
  if (engine.kind === 'gpu') process.env.TF_FORCE_GPU_ALLOW_GROWTH = 'true';
  restoreRemovedFunctions();
  const require = createRequire(join(engine.folder, 'package.json'));
  const quiet = engine.quietAddon === undefined || nativeLog ? undefined : (require(engine.quietAddon) as Quiet);
  const tf = muted(quiet, () => require(engine.folder) as NativeTensorFlow);
  const backend = tf.backend() as NativeBackend;
  if (quiet) muteFirstRuns(backend, quiet);
  return { tf, backend };
}

function muted<T>(quiet: Quiet | undefined, work: () => T): T {
  quiet?.mute();
  try {
    return work();
  } finally {
    quiet?.unmute();
  }
}

/** A graph's loading and first run are the times at which TensorFlow has something to say. */
function muteFirstRuns(backend: NativeBackend, quiet: Quiet): void {
  if (quieted.has(backend)) return;
  quieted.add(backend);
  const { loadSavedModelMetaGraph: load, runSavedModel: run } = backend;
  const hasRun = new Set<number>();
  backend.loadSavedModelMetaGraph = (...args) => muted(quiet, () => load.apply(backend, args));
  backend.runSavedModel = (...args) => {
    const [session] = args;
    if (hasRun.has(session)) return run.apply(backend, args);
    hasRun.add(session);
    return muted(quiet, () => run.apply(backend, args));
  };
}

const quieted = new WeakSet<NativeBackend>();

/** tfjs-node 4.22 calls two functions of node:util that Node 23 removed. */
function restoreRemovedFunctions(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}
