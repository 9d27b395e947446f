import { type GraphBuilder, type Length, remember, sameLength } from './graph-builder.js';
import type { DataType } from './graph-definition.js';

/** A value of the graph, with what is known of it before the graph runs. */
export interface GraphTensor {
  readonly output: string;
  readonly type: DataType;
  readonly shape: readonly Length[];
  /** The leading axes lie as one, as matrix products want them: a [B, T, H] as [B * T, H]. */
  readonly flat: boolean;
}

/** Changes of form, each made once: casts and reshapes that several consumers ask for are one node. */
export interface GraphForms {
  cast(x: GraphTensor, type: DataType): GraphTensor;
  /** With its leading axes as one. */
  flat(x: GraphTensor): GraphTensor;
  /** With all its axes. */
  full(x: GraphTensor): GraphTensor;
  /** Both in one form and type, so that an elementwise operation may join them, and the shape of its result. */
  aligned(a: GraphTensor, b: GraphTensor): { a: GraphTensor; b: GraphTensor; shape: Length[] };
}

export function createGraphForms(builder: GraphBuilder): GraphForms {
  const once = remember<GraphTensor>();

  const cast: GraphForms['cast'] = (x, type) => {
    if (x.type === type) return x;
    const attributes = { SrcT: { type: x.type }, DstT: { type }, Truncate: { bool: false } };
    return once(`cast ${x.output} ${type}`, () => ({
      ...x,
      type,
      output: builder.node('Cast', [x.output], attributes),
    }));
  };
  const flat: GraphForms['flat'] = (x) => {
    if (x.flat || x.shape.length <= 2) return x;
    return once(`flat ${x.output}`, () => {
      const output = builder.reshape(x.output, x.type, [-1, x.shape.at(-1)!]);
      return { ...x, flat: true, output };
    });
  };
  const full: GraphForms['full'] = (x) => {
    if (!x.flat) return x;
    return once(`full ${x.output}`, () => ({
      ...x,
      flat: false,
      output: builder.reshape(x.output, x.type, x.shape),
    }));
  };

  return {
    cast,
    flat,
    full,
    aligned(a, b) {
      const type = a.type === b.type ? a.type : 'float32';
      const form = mayStayFlat(a, b) ? flat : full;
      const rank = Math.max(a.shape.length, b.shape.length);
      const lengthAt = (x: GraphTensor, axis: number): Length => x.shape[axis - rank + x.shape.length] ?? 1;
      const shape = Array.from({ length: rank }, (_, axis) => {
        const length = lengthAt(a, axis);
        return length === 1 ? lengthAt(b, axis) : length;
      });
      return { a: form(cast(a, type)), b: form(cast(b, type)), shape };
    },
  };
}

/** Flat forms broadcast as full ones do if the leading axes agree, or one side has none. */
function mayStayFlat(a: GraphTensor, b: GraphTensor): boolean {
  if (!a.flat && !b.flat) return false;
  if (a.shape.length <= 1 || b.shape.length <= 1) return true;
  return (
    a.shape.length === b.shape.length && a.shape.slice(0, -1).every((length, axis) => sameLength(length, b.shape[axis]))
  );
}
