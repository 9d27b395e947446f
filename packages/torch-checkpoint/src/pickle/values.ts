import type { TorchDtype } from '../types.js';

/** What a pickle can build here. Nothing of it runs. */
export type PickleValue = null | boolean | number | bigint | string | Structure;

export type Structure = Sequence | Dictionary | Global | Storage | Tensor;

interface SequenceOf<K> {
  readonly kind: K;
  readonly items: PickleValue[];
}
export type Sequence = SequenceOf<'list'> | SequenceOf<'tuple'> | SequenceOf<'Size'>;

interface DictionaryOf<K> {
  readonly kind: K;
  readonly entries: Map<string, PickleValue>;
}
export type Dictionary = DictionaryOf<'dict'> | DictionaryOf<'OrderedDict'>;

/** A name that is known, not the thing that Python has under it. */
export interface Global {
  readonly kind: 'global';
  readonly name: string;
  /** Where it is a storage class. */
  readonly storage?: TorchDtype;
  /** Where it is a number type: "float32". */
  readonly dtype?: string;
}

/** A run of numbers in the file that tensors are views of. */
export interface Storage {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: TorchDtype;
  /** Numbers in the whole storage. */
  readonly count: number;
  /** Number at which it begins, where it is itself a view (old files). */
  readonly base: number;
}

export interface Tensor {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly dtype: TorchDtype;
  /** First number, counted from the start of the whole storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** In numbers. */
  readonly strides: readonly number[];
}

/** For messages. */
export function kindOf(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (value.kind === 'global') return value.dtype === undefined ? value.name : 'dtype';
  return value.kind;
}

export function isKind<K extends Structure['kind']>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<Structure, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

export function isDictionary(value: PickleValue | undefined): value is Dictionary {
  return isKind(value, 'dict') || isKind(value, 'OrderedDict');
}

export function isSequence(value: PickleValue | undefined): value is Sequence {
  return isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'Size');
}
