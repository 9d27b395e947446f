import { type AsyncClosing, asyncClosing, ReferentError } from '@referent/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import { createEagerOps, type EagerTensorFlow } from './eager-ops.js';
import type { Engine, Executable } from './engine.js';
import { assertInputs, type Program, type Tensor, type WeightSource } from './program.js';

export interface EagerEngineOptions {
  readonly tf: EagerTensorFlow;
  /** Shown in reports and errors. @default 'eager' */
  readonly name?: string;
}

/** Runs programs operation by operation on the backend that `tf` has chosen. */
export function createEagerEngine({ tf, name = 'eager' }: EagerEngineOptions): Engine & AsyncClosing {
  const open = new Set<Executable>();
  let closed = false;
  return asyncClosing<Engine>({
    name,
    precision: 'float32',
    async compile(program, weights, { signal } = {}) {
      signal?.throwIfAborted();
      if (closed) throw closedError(`The engine ${name}`);
      const executable = createExecutable(tf, program, weights, () => open.delete(executable));
      open.add(executable);
      return executable;
    },
    async close() {
      closed = true;
      for (const executable of [...open]) await executable.close();
    },
  });
}

function createExecutable(
  tf: EagerTensorFlow,
  program: Program,
  weights: WeightSource,
  onClose: () => void,
): Executable {
  const loaded = new Map<string, tfjs.Tensor>();
  const weight = (weightName: string): tfjs.Tensor => {
    let tensor = loaded.get(weightName);
    if (!tensor) {
      const { data, shape } = weights.get(weightName);
      tensor = tf.keep(tf.tensor(data, [...shape], 'float32'));
      loaded.set(weightName, tensor);
    }
    return tensor;
  };
  const ops = createEagerOps({ tf, weight });
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();

  const compute = async (inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> => {
    if (closed) throw closedError(program.name);
    const results = tf.tidy(() => {
      const given = Object.entries(program.inputs).map(([key, { type }]) => {
        const { data, shape } = inputs[key]!;
        return [key, tf.tensor(data, [...shape], type)] as const;
      });
      return program.build<tfjs.Tensor>(ops, Object.fromEntries(given)) as Record<string, tfjs.Tensor>;
    });
    const read = Object.entries(results).map(async ([key, tensor]) => {
      const data = (await tensor.data()) as Float32Array;
      return [key, { shape: tensor.shape, data }] as const;
    });
    try {
      return Object.fromEntries(await Promise.all(read));
    } finally {
      tf.dispose(Object.values(results).filter((tensor) => ![...loaded.values()].includes(tensor)));
    }
  };

  return asyncClosing<Pick<Executable, 'run' | 'close'>>({
    run(inputs) {
      const answer = turn.then(() => {
        assertInputs(program, inputs);
        return compute(inputs);
      });
      turn = answer.catch(() => {});
      return answer;
    },
    async close() {
      if (closed) return;
      await turn;
      closed = true;
      tf.dispose([...loaded.values()]);
      loaded.clear();
      onClose();
    },
  });
}

function closedError(what: string): ReferentError {
  return new ReferentError('ENGINE_CLOSED', { what: `${what} is closed.`, fix: 'Start or compile it again.' });
}
