import { ReferentError } from '@referent/core';
import type { TrainingBatch, TrainingExample, TrainingSet } from './examples.js';
import { createRandom, shuffled } from './random.js';

export interface SamplerOptions {
  readonly sets: readonly TrainingSet[];
  readonly batchSize: number;
  readonly seed: number;
  /**
   * How far sizes are evened out, of worlds, and of sets without weights: shares are in proportion to size ^ (1 / temperature).
   * @default 1
   */
  readonly temperature?: number;
  /** Batches of one world each, worlds mixed by the same temperature: negatives then come from the world. @default true */
  readonly perWorld?: boolean;
}

/** Draws batches, each from one set (and one world), without end; each group's examples in a new order each round. */
export interface Sampler {
  next(): TrainingBatch;
  /** Batches of each group so far: plain data. */
  state(): SamplerState;
  restore(state: SamplerState): void;
  /** Worlds that are never drawn, because a single example has no others as negatives. */
  readonly skipped: readonly string[];
}

export interface SamplerState {
  readonly batches: number;
  /** Examples drawn so far, by group. */
  readonly drawn: Readonly<Record<string, number>>;
}

interface Group {
  readonly name: string;
  readonly set: TrainingSet;
  readonly world: string | undefined;
  readonly examples: readonly TrainingExample[];
  share: number;
}

/**
 * @throws `TRAINING_NO_BATCHES` no set has two examples of one world
 * @throws `TRAINING_MIXED_WEIGHTS` some sets have a weight and others do not
 */
export function createSampler({ sets, batchSize, seed, temperature = 1, perWorld = true }: SamplerOptions): Sampler {
  const unweighted = sets.filter(({ weight }) => weight === undefined);
  if (unweighted.length > 0 && unweighted.length < sets.length) throw mixedWeights(unweighted);
  const skipped: string[] = [];
  const groups = sets.flatMap((set) => {
    const own = groupsOf(set, perWorld).filter(({ name, examples }) => {
      if (examples.length < 2) skipped.push(name);
      return examples.length >= 2;
    });
    const size = (examples: readonly unknown[]) => examples.length ** (1 / temperature);
    const total = own.reduce((sum, { examples }) => sum + size(examples), 0);
    const weight = set.weight ?? size(set.examples);
    for (const group of own) group.share = (weight * size(group.examples)) / total;
    return own;
  });
  if (groups.length === 0) throw noBatches(sets);
  const totalShare = groups.reduce((sum, { share }) => sum + share, 0);
  let batches = 0;
  let drawn: Record<string, number> = {};
  const orders = new Map<string, { readonly round: number; readonly order: TrainingExample[] }>();

  function orderOf({ name, examples }: Group, round: number): TrainingExample[] {
    const known = orders.get(name);
    if (known?.round === round) return known.order;
    const order = shuffled(examples, createRandom(seed, 'order', name, round));
    orders.set(name, { round, order });
    return order;
  }

  /** The group at this place, from 0 to 1, of all shares laid end to end. */
  function pickGroup(place: number): Group {
    let end = 0;
    for (const group of groups) {
      end += group.share;
      if (place * totalShare < end) return group;
    }
    return groups.at(-1)!;
  }

  /** The next examples of a group. Where a round ends within a batch, none is taken twice. */
  function take(group: Group): TrainingExample[] {
    const { examples } = group;
    const count = Math.min(batchSize, examples.length);
    const taken = new Set<TrainingExample>();
    let position = drawn[group.name] ?? 0;
    while (taken.size < count) {
      taken.add(orderOf(group, Math.floor(position / examples.length))[position % examples.length]!);
      position++;
    }
    drawn[group.name] = position;
    return [...taken];
  }

  return {
    skipped,
    next() {
      const number = batches++;
      const group = pickGroup(createRandom(seed, 'group', number).next());
      const { set, world } = group;
      return { set, ...(world !== undefined && { world }), examples: take(group), number };
    },
    state: () => ({ batches, drawn: { ...drawn } }),
    restore(state) {
      batches = state.batches;
      drawn = { ...state.drawn };
      orders.clear();
    },
  };
}

function groupsOf(set: TrainingSet, perWorld: boolean): Group[] {
  const worlds = new Map<string | undefined, TrainingExample[]>();
  for (const example of set.examples) {
    const world = perWorld ? example.mention.world : undefined;
    const known = worlds.get(world);
    if (known) known.push(example);
    else worlds.set(world, [example]);
  }
  return Array.from(worlds, ([world, examples]) => ({
    name: world === undefined ? set.name : `${set.name}/${world}`,
    set,
    world,
    examples,
    share: 0,
  }));
}

function mixedWeights(unweighted: readonly TrainingSet[]): ReferentError {
  const names = unweighted.map(({ name }) => name).join(', ');
  return new ReferentError('TRAINING_MIXED_WEIGHTS', {
    what: `Some training sets have a weight, and these have none: ${names}.`,
    why: 'Weights are shares: a set without one has none of them.',
    fix: 'Give every set a weight, or none.',
  });
}

function noBatches(sets: readonly TrainingSet[]): ReferentError {
  return new ReferentError('TRAINING_NO_BATCHES', {
    what: 'No batch can be drawn.',
    why: `None of the sets (${sets.map(({ name }) => name).join(', ') || 'there are none'}) has two examples of one world.`,
    fix: 'Give more examples, or mix the worlds (perWorld: false).',
  });
}
