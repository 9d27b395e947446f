import type { InputSpec } from '../program.js';
import {
  type Attribute,
  type DataType,
  type EncodedNode,
  encodeConstant,
  encodeNode,
  type LazyBytes,
} from './graph-definition.js';

/** A length known only when the graph runs: that of axis `axis` of the output `output`. */
export interface SymbolicLength {
  readonly output: string;
  readonly axis: number;
}
export type Length = number | SymbolicLength;

/** Writes nodes in the order in which they are asked for; asking twice for the same constant gives one node. */
export interface GraphBuilder {
  readonly nodes: readonly EncodedNode[];
  /** A placeholder named as the input. */
  input(name: string, spec: InputSpec): { readonly output: string; readonly shape: readonly Length[] };
  /** Adds a node and returns the name of its first output. */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** A constant whose bytes are made later. One `key` and type is one constant. */
  constant(key: string, type: DataType, shape: readonly number[], content: LazyBytes): string;
  /** A constant whose bytes lie in a file, mapped into memory once, when the graph is loaded. */
  mapped(key: string, type: DataType, shape: readonly number[], path: string): string;
  /** The node that must run first, if there is one. */
  initializer(): string | undefined;
  integer(value: number): string;
  integers(values: readonly number[]): string;
  floats(values: readonly number[], shape: readonly number[]): string;
  /** A length of -1 is worked out from the others. */
  reshape(output: string, type: DataType, shape: readonly Length[]): string;
  /** Makes a chain of nodes once. */
  once(key: string, make: () => string): string;
}

export function createGraphBuilder(): GraphBuilder {
  const nodes: EncodedNode[] = [];
  const once = remember<string>();
  const inputTypes = new Map<string, DataType>();

  const nameNext = (op: string) => `n${nodes.length}_${op.replace(/^_/, '')}`;
  const node: GraphBuilder['node'] = (op, inputs, attributes = {}) => {
    const name = nameNext(op);
    nodes.push(encodeNode({ name, op, inputs, attributes }));
    return name;
  };
  const constant: GraphBuilder['constant'] = (key, type, shape, content) =>
    once(`constant ${type} ${key}`, () => {
      const name = nameNext('Const');
      nodes.push(encodeConstant(name, type, shape, content));
      return name;
    });
  const assignments: string[] = [];
  // A variable, because TensorFlow would map an ImmutableConst anew in every run, and knows it on CPUs only.
  const mapped: GraphBuilder['mapped'] = (key, type, shape, path) =>
    once(`constant ${type} ${key}`, () => {
      const dtype = { dtype: { type } };
      const file = node('ImmutableConst', [], { ...dtype, shape: { shape }, memory_region_name: { string: path } });
      const variable = node('VarHandleOp', [], { ...dtype, shape: { shape }, shared_name: { string: file } });
      assignments.push(node('AssignVariableOp', [variable, file], dtype));
      return node('ReadVariableOp', [variable], dtype);
    });
  const integer = (value: number) => constant(`${value}`, 'int32', [], bytesOf(Int32Array.of(value)));
  const integers = (values: readonly number[]) =>
    constant(`[${values}]`, 'int32', [values.length], bytesOf(Int32Array.from(values)));

  /** A length as a scalar, read from the shape of the tensor that has it. */
  const lengthOf = ({ output, axis }: SymbolicLength): string =>
    once(`length ${axis} ${output}`, () => {
      const shape = once(`shape ${output}`, () =>
        node('Shape', [output], { T: { type: inputTypes.get(output)! }, out_type: { type: 'int32' } }),
      );
      return node('StridedSlice', [shape, integers([axis]), integers([axis + 1]), integers([1])], {
        T: { type: 'int32' },
        Index: { type: 'int32' },
        shrink_axis_mask: { int: 1 },
      });
    });
  const shapeOf = (lengths: readonly Length[]): string => {
    // Reshape works out one length by itself: only the other unknown ones are read from the inputs.
    const inferred = lengths.findIndex((length) => typeof length !== 'number');
    const sizes = lengths.map((length, axis) => (axis === inferred ? -1 : length));
    if (sizes.every((size) => typeof size === 'number')) return integers(sizes);
    const scalars = sizes.map((size) => (typeof size === 'number' ? integer(size) : lengthOf(size)));
    return once(`pack ${scalars}`, () =>
      node('Pack', scalars, { T: { type: 'int32' }, N: { int: scalars.length }, axis: { int: 0 } }),
    );
  };

  return {
    nodes,
    once,
    node,
    constant,
    mapped,
    initializer: () =>
      assignments.length > 0
        ? node(
            'NoOp',
            assignments.map((name) => `^${name}`),
          )
        : undefined,
    integer,
    integers,
    floats: (values, shape) => constant(`${values} [${shape}]`, 'float32', shape, bytesOf(Float32Array.from(values))),
    input(name, { type, shape }) {
      inputTypes.set(name, type);
      const sizes = shape.map((length) => length ?? -1);
      nodes.push(encodeNode({ name, op: 'Placeholder', attributes: { dtype: { type }, shape: { shape: sizes } } }));
      return { output: name, shape: shape.map((length, axis) => length ?? { output: name, axis }) };
    },
    reshape: (output, type, shape) =>
      node('Reshape', [output, shapeOf(shape)], { T: { type }, Tshape: { type: 'int32' } }),
  };
}

export function bytesOf(array: Float32Array | Int32Array | Uint16Array): LazyBytes {
  const { buffer, byteOffset, byteLength } = array;
  return { byteLength, bytes: () => new Uint8Array(buffer, byteOffset, byteLength) };
}

/** Makes each value once and hands it out again under the same key. */
export function remember<V>(): (key: string, make: () => V) => V {
  const made = new Map<string, V>();
  return (key, make) => {
    const existing = made.get(key);
    if (existing !== undefined) return existing;
    const value = make();
    made.set(key, value);
    return value;
  };
}

export function sameLength(a: Length | undefined, b: Length | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.output === b.output && a.axis === b.axis;
}
