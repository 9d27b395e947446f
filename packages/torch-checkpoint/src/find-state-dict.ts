import { ReferentError } from '@referent/core';
import {
  type Dictionary,
  isDictionary,
  isKind,
  isSequence,
  kindOf,
  type PickleValue,
  type Sequence,
  type Tensor,
} from './pickle/values.js';
import type { OtherValue } from './types.js';

/** Names under which training scripts keep the weights beside other things. */
const usualNames = ['model_state_dict', 'state_dict', 'model'];
/** Deeper values are named, not opened. */
const deepest = 32;

export interface FoundStateDict {
  /** Keys from the root, with dots. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly others: readonly OtherValue[];
}

type Container = Dictionary | Sequence;

/**
 * The weights in what a checkpoint holds: itself where it is a tensor or has tensors, else the dictionary of `wanted`,
 * else the one under a usual name, else the only one nearest to the root.
 * @throws `TORCH_NO_STATE_DICT` there is none, or not where `wanted` says
 * @throws `TORCH_AMBIGUOUS_STATE_DICT` there are several; they are named
 */
export function findStateDict(root: PickleValue, file: string, wanted?: string): FoundStateDict {
  if (isKind(root, 'tensor') && wanted === undefined) return { path: '', tensors: new Map([['', root]]), others: [] };
  const containers = containersOf(root);
  const path = wanted ?? choose(containers, file);
  const chosen = containers.find((it) => it.path === path);
  if (!chosen || !holdsTensors(chosen.value)) throw noStateDict(file, containers, wanted);
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of childrenOf(chosen.value)) if (isKind(value, 'tensor')) tensors.set(name, value);
  return { path, tensors, others: othersOf(containers, chosen.value) };
}

interface Found {
  readonly path: string;
  readonly depth: number;
  readonly value: Container;
}

/** All containers, the nearest first. One that stands in several places is named once, so that a loop ends. */
function containersOf(root: PickleValue): Found[] {
  const found: Found[] = [];
  const seen = new Set<PickleValue>();
  const visit = (path: string, depth: number, value: PickleValue) => {
    if (!isContainer(value) || seen.has(value) || depth > deepest) return;
    seen.add(value);
    found.push({ path, depth, value });
  };
  visit('', 0, root);
  for (let i = 0; i < found.length; i++) {
    const { path, depth, value } = found[i]!;
    for (const [name, child] of childrenOf(value)) visit(join(path, name), depth + 1, child);
  }
  return found;
}

function choose(containers: readonly Found[], file: string): string {
  const holding = containers.filter(({ value, depth }) => holdsTensors(value) && (depth === 0 || isDictionary(value)));
  const usual = usualNames.find((name) => holding.some(({ path }) => path === name));
  const nearest = holding.filter(({ depth }) => depth === holding[0]!.depth);
  if (nearest.length === 0) throw noStateDict(file, containers);
  if (nearest[0]!.path === '') return '';
  if (usual !== undefined) return usual;
  if (nearest.length === 1) return nearest[0]!.path;
  const paths = nearest.map(({ path }) => path);
  throw new ReferentError('TORCH_AMBIGUOUS_STATE_DICT', {
    what: `${file} holds ${paths.length} sets of weights.`,
    why: `They are: ${someOf(paths)}.`,
    fix: 'Say which (the option stateDict).',
    details: { file, paths },
  });
}

function noStateDict(file: string, containers: readonly Found[], wanted?: string): ReferentError {
  const paths = containers.filter(({ value }) => holdsTensors(value)).map(({ path }) => path || 'the file itself');
  return new ReferentError('TORCH_NO_STATE_DICT', {
    what: `${file} holds no weights${wanted === undefined ? '' : ` under ${wanted}`}.`,
    why: paths.length > 0 ? `There are tensors in: ${someOf(paths)}.` : 'There are no tensors in it at all.',
    fix: 'Give the file that torch.save(model.state_dict(), path) wrote.',
    details: { file, paths, ...(wanted !== undefined && { wanted }) },
  });
}

/** Every value outside the tensors of the state dict, in the file's order of nearness. */
function othersOf(containers: readonly Found[], stateDict: Container): OtherValue[] {
  const opened = new Set<PickleValue>(containers.map(({ value }) => value));
  return containers.flatMap(({ path, value }) =>
    childrenOf(value)
      .filter(
        ([, child]) => !(isKind(child, 'tensor') && value === stateDict) && !(opened.has(child) && sizeOf(child) > 0),
      )
      .map(([name, child]) => ({
        name: join(path, name),
        kind: kindOf(child),
        ...(child === null || typeof child !== 'object' ? { value: child } : {}),
      })),
  );
}

function childrenOf(container: Container): (readonly [name: string, value: PickleValue])[] {
  if (isDictionary(container)) return [...container.entries];
  return container.items.map((value, i) => [`${i}`, value] as const);
}

function isContainer(value: PickleValue): value is Container {
  return isDictionary(value) || isSequence(value);
}

function holdsTensors(container: Container): boolean {
  const values = isDictionary(container) ? container.entries.values() : container.items;
  for (const value of values) if (isKind(value, 'tensor')) return true;
  return false;
}

function sizeOf(value: PickleValue): number {
  if (isDictionary(value)) return value.entries.size;
  return isSequence(value) ? value.items.length : 0;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function someOf(names: readonly string[]): string {
  return names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
}
