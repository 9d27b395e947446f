import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  asyncClosing,
  isReferentError,
  type Logger,
  ReferentError,
  silentLogger,
  type WorkOptions,
} from '@referent/core';
import {
  assertInputs,
  type Engine,
  type Executable,
  emitSavedModel,
  emitTensorGraph,
  type GraphDialect,
  graphFingerprint,
  type Precision,
  type Program,
  type Tensor,
  type TensorGraph,
  type TensorGraphEngine,
  type TensorGraphSource,
  type WeightSource,
} from '@referent/tensor-ops';
import type { CachedGraph, GraphCache, GraphRequest } from './graph-cache.js';
import type { NativeTensorFlow, SavedModel } from './tensorflow.js';

export interface GraphEngineOptions {
  readonly name: string;
  readonly tf: NativeTensorFlow;
  readonly tensorflowVersion: string;
  readonly precision: Precision;
  readonly dialect: GraphDialect;
  readonly cache: GraphCache;
  readonly logger?: Logger | undefined;
}

/** Runs programs as TensorFlow graphs. A run holds the thread until it is done; other work gets its turn between runs. */
export function createGraphEngine(options: GraphEngineOptions): Engine & TensorGraphEngine {
  const { name, tf, precision } = options;
  const open = new Set<{ close(): Promise<void> }>();
  let closed = false;
  return {
    name,
    precision,
    async compile(program, weights, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      if (closed) throw closedError(`The engine ${name}`);
      // In a function of its own: what outlives it here would keep the weights in memory for as long as the graph is open.
      const { graph, model } = await openGraph(options, program, weights, { signal, onProgress });
      const executable = createExecutable(tf, program, model, async () => {
        open.delete(executable);
        if (graph.temporary) await graph.discard();
      });
      open.add(executable);
      return executable;
    },
    async openGraph(source, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      if (closed) throw closedError(`The engine ${name}`);
      const { graph, model } = await openTensorGraph(options, source, { signal, onProgress });
      const opened = createTensorGraph(source, model, async () => {
        open.delete(opened);
        if (graph.temporary) await graph.discard();
      });
      open.add(opened);
      return opened;
    },
    async close() {
      closed = true;
      for (const executable of [...open]) await executable.close();
    },
  };
}

interface OpenedGraph {
  readonly graph: CachedGraph;
  readonly model: SavedModel;
}

function openGraph(
  options: GraphEngineOptions,
  program: Program,
  weights: WeightSource,
  work: WorkOptions,
): Promise<OpenedGraph> {
  const { tensorflowVersion, precision, dialect } = options;
  const graphOptions = { program, weights, precision, dialect };
  return loadGraph(options, {
    fingerprint: `${tensorflowVersion} ${graphFingerprint(graphOptions)}`,
    name: program.name,
    emit: (weightFile: (number: number) => string) => emitSavedModel({ ...graphOptions, weightFile }),
    ...work,
  });
}

function openTensorGraph(
  options: GraphEngineOptions,
  source: TensorGraphSource,
  work: WorkOptions,
): Promise<OpenedGraph> {
  const { name } = source;
  const fingerprint = `${options.tensorflowVersion} tensors ${name}`;
  return loadGraph(options, { fingerprint, name, emit: () => emitTensorGraph(source), ...work });
}

async function loadGraph(
  { tf, cache, logger = silentLogger }: GraphEngineOptions,
  request: GraphRequest,
): Promise<OpenedGraph> {
  const { name, signal } = request;
  const load = async () => {
    const graph = await cache.open(request);
    try {
      return { graph, model: await tf.node.loadSavedModel(graph.folder) };
    } catch (error) {
      await graph.discard();
      throw error;
    }
  };
  return load().catch((error: unknown) => {
    signal?.throwIfAborted();
    if (isReferentError(error)) throw error;
    logger.warn(`The cached graph of ${name} could not be loaded (${messageOf(error)}); making it anew.`);
    return load().catch((second: unknown) => {
      throw isReferentError(second) ? second : loadFailed(name, second);
    });
  });
}

function createExecutable(
  tf: NativeTensorFlow,
  program: Program,
  model: SavedModel,
  onClose: () => Promise<void>,
): Executable {
  let closing: Promise<void> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const predict = (inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> => {
    const outputs: Record<string, Tensor> = {};
    tf.tidy(() => {
      const given = Object.entries(program.inputs).map(([key, { type }]) => {
        const { data, shape } = inputs[key]!;
        return [key, tf.tensor(data, [...shape], type)] as const;
      });
      for (const [key, tensor] of Object.entries(model.predict(Object.fromEntries(given)))) {
        outputs[key] = { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
      }
      // Nothing is returned from here: tidy would look for tensors in every number of a result.
    });
    return outputs;
  };

  return asyncClosing<Pick<Executable, 'run' | 'close'>>({
    async run(inputs) {
      if (closing) throw closedError(program.name);
      const answer = turn.then(async () => {
        assertInputs(program, inputs);
        await nextTurn();
        try {
          return predict(inputs);
        } catch (error) {
          throw runFailed(program.name, inputs, error);
        }
      });
      turn = answer.catch(() => undefined);
      return answer;
    },
    close() {
      const last = turn;
      closing ??= last.then(() => {
        model.dispose();
        return onClose();
      });
      return closing;
    },
  });
}

function createTensorGraph(
  { name, inputs }: TensorGraphSource,
  model: SavedModel,
  onClose: () => Promise<void>,
): TensorGraph & { close(): Promise<void> } {
  let closing: Promise<void> | undefined;
  return {
    run(tensors) {
      if (closing) throw closedError(name);
      try {
        return model.predict(Object.fromEntries(Object.keys(inputs).map((key) => [key, tensors[key]!])));
      } catch (error) {
        throw runFailed(name, tensors, error);
      }
    },
    close() {
      if (!closing) {
        model.dispose();
        closing = onClose();
      }
      return closing;
    },
  };
}

function closedError(what: string): ReferentError {
  return new ReferentError('ENGINE_CLOSED', { what: `${what} is closed.`, fix: 'Start or compile it again.' });
}

function loadFailed(name: string, cause: unknown): ReferentError {
  return new ReferentError('ENGINE_GRAPH_FAILED', {
    what: `TensorFlow does not accept the graph of ${name}.`,
    why: messageOf(cause),
    fix: 'Set the engine up again, or use the wasm engine; if it repeats, please report it with the text above.',
    details: { program: name },
    cause,
  });
}

function runFailed(
  name: string,
  inputs: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  cause: unknown,
): ReferentError {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([key, { shape }]) => [key, shape]));
  const memory = /OOM|out of memory|RESOURCE_EXHAUSTED/i.test(messageOf(cause));
  return new ReferentError('ENGINE_RUN_FAILED', {
    what: `TensorFlow could not run ${name} on inputs of shape ${JSON.stringify(shapes)}.`,
    why: messageOf(cause),
    ...(memory && { fix: 'Use smaller batches.' }),
    details: { program: name, shapes },
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
