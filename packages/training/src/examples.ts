import type { Entity, MentionInContext } from '@referent/core';
import { ReferentError } from '@referent/core';

/** A mention and the entities that it means. */
export interface TrainingExample {
  /** Names it in messages and mined negatives; unique in its set. */
  readonly id: string;
  readonly mention: MentionInContext;
  /** Ids of the right entities: any of them is right, and none is ever used as a negative. */
  readonly gold: readonly string[];
  /** Ids of entities that are easily confused with the right one. @default none */
  readonly hardNegatives?: readonly string[];
}

/** Examples and the entities that they name. */
export interface TrainingSet {
  readonly name: string;
  readonly examples: readonly TrainingExample[];
  readonly entities: ReadonlyMap<string, Entity>;
  /** Share of the batches that it gets, against the other sets' weights. @default by its size, see `SamplerOptions` */
  readonly weight?: number;
  /** So many hard negatives per mention, instead of the task's: where descriptions are short, more cost little. */
  readonly hardNegatives?: number;
}

/** Examples of one set that are trained on together. */
export interface TrainingBatch {
  readonly set: TrainingSet;
  /** All examples are of this world. Absent where worlds are mixed. */
  readonly world?: string;
  readonly examples: readonly TrainingExample[];
  /** Counts the batches of a run. */
  readonly number: number;
}

export interface CheckedSet {
  /** The set without what cannot be trained on. */
  readonly set: TrainingSet;
  readonly problems: {
    /** Examples that were left out because none of their gold ids is an entity of the set. */
    readonly unknownLabels: number;
    /** Examples that were left out because the mention is empty. */
    readonly emptyMentions: number;
    /** Examples that were kept, but have no text around the mention. */
    readonly withoutContext: number;
    /** Ids of some of the examples that were left out. */
    readonly samples: readonly string[];
  };
}

/**
 * Leaves out what cannot be trained on, and counts it.
 * @throws `TRAINING_EMPTY_SET` nothing is left
 */
export function checkTrainingSet(set: TrainingSet): CheckedSet {
  const problems = { unknownLabels: 0, emptyMentions: 0, withoutContext: 0, samples: [] as string[] };
  const examples = set.examples.flatMap((example) => {
    const { contextLeft, surface, contextRight } = example.mention;
    const gold = example.gold.filter((id) => set.entities.has(id));
    if (gold.length === 0 || surface.trim() === '') {
      if (gold.length === 0) problems.unknownLabels++;
      else problems.emptyMentions++;
      if (problems.samples.length < 5) problems.samples.push(example.id);
      return [];
    }
    if (contextLeft.trim() === '' && contextRight.trim() === '') problems.withoutContext++;
    return [gold.length === example.gold.length ? example : { ...example, gold }];
  });
  if (examples.length === 0) {
    throw new ReferentError('TRAINING_EMPTY_SET', {
      what: `The training set "${set.name}" has no usable example.`,
      why: `Of ${set.examples.length}, ${problems.unknownLabels} name no entity of the set and ${problems.emptyMentions} have an empty mention.`,
      fix: 'Check that the mentions and the entities belong together.',
      details: { set: set.name, ...problems },
    });
  }
  return { set: { ...set, examples }, problems };
}

/** Negatives that were found with a model's own index. */
export interface Mined {
  /** Entities that scored highest and are not gold, best first. */
  readonly negatives: readonly string[];
  /** Rank of the first gold entity, from 0; -1 if it was not found. */
  readonly goldRank: number;
}

/** By the set's name, then by the example's id. */
export type MinedNegatives = ReadonlyMap<string, ReadonlyMap<string, Mined>>;

/** Ids that may be used as negatives of an example: the given ones, then the mined ones. */
export function negativePool(set: TrainingSet, example: TrainingExample, mined: MinedNegatives): string[] {
  const found = mined.get(set.name)?.get(example.id)?.negatives ?? [];
  const pool = new Set([...(example.hardNegatives ?? []), ...found]);
  for (const id of example.gold) pool.delete(id);
  return [...pool].filter((id) => set.entities.has(id));
}
