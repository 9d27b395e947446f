import type { InputSpec, Program } from '@referent/tensor-ops';
import { type BertHead, type BertInputs, bertStates, bertVectors } from './bert.js';
import type { BertConfig } from './bert-config.js';

export interface BertProgramOptions {
  readonly config: BertConfig;
  readonly head: BertHead;
  /** Adds the outputs `states0` (embeddings) to `states<layers>`, each [B, T, H]. @default false */
  readonly allStates?: boolean;
}

const tokens: InputSpec = { type: 'int32', shape: [null, null] };

/** Inputs ids, segments, positions, mask [B, T]; output `vectors` [B, D]. */
export function bertProgram({ config, head, allStates = false }: BertProgramOptions): Program {
  return {
    name: `bert ${JSON.stringify({ config, head, allStates })}`,
    inputs: { ids: tokens, segments: tokens, positions: tokens, mask: tokens },
    build(ops, inputs) {
      const given = inputs as Readonly<Record<string, (typeof inputs)[string]>> & BertInputs<(typeof inputs)[string]>;
      const states = bertStates(ops, given, config);
      const vectors = bertVectors(ops, states.at(-1)!, given, head);
      if (!allStates) return { vectors };
      return { vectors, ...Object.fromEntries(states.map((state, i) => [`states${i}`, state])) };
    },
  };
}
