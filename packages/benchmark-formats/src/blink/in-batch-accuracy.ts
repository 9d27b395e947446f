import { ReferentError, type Rows } from '@referent/core';

export interface InBatchAccuracyOptions {
  /** BLINK's `--eval_batch_size`: so many mentions share their right entities as candidates. */
  readonly batchSize: number;
  /**
   * Counts as BLINK does: a last batch that is not full is all wrong, and of two mentions of one entity in a batch the
   * second is wrong. @default false
   */
  readonly compat?: boolean;
}

export interface InBatchAccuracy {
  /** One batch: `mentions[i]` means `entities[i]`, which is called `ids[i]`. All but the last have `batchSize` rows. */
  add(mentions: Rows, entities: Rows, ids: readonly string[]): void;
  /** Null before the first mention. */
  value(): number | null;
}

/**
 * What BLINK's train_biencoder.py prints as "Eval accuracy": the right entity scores best among those of its batch.
 * It grows as the batch shrinks: compare it only at one batch size, and use recall to judge a model.
 */
export function createInBatchAccuracy({ batchSize, compat = false }: InBatchAccuracyOptions): InBatchAccuracy {
  let total = 0;
  let correct = 0;
  return {
    add(mentions, entities, ids) {
      const { count } = mentions;
      if (count > batchSize || entities.count !== count || ids.length !== count) {
        throw new ReferentError('BLINK_COMPAT', {
          what: `A batch of ${batchSize} cannot have ${count} mentions, ${entities.count} entities and ${ids.length} ids.`,
          fix: 'Give one entity and one id per mention, and no more than the batch holds.',
          details: { batchSize, mentions: count, entities: entities.count, ids: ids.length },
        });
      }
      total += count;
      if (compat && count < batchSize) return; // BLINK compares them with 0 .. batchSize - 1: nothing is equal
      for (let i = 0; i < count; i++) {
        const best = bestOf(mentions, entities, i);
        correct += Number(compat ? best === i : ids[best] === ids[i]);
      }
    },
    value: () => (total === 0 ? null : correct / total),
  };
}

/** The first of the best, as numpy's argmax. */
function bestOf(mentions: Rows, entities: Rows, i: number): number {
  const dimensions = mentions.data.length / mentions.count;
  const mention = mentions.data.subarray(i * dimensions, (i + 1) * dimensions); // [D]
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < entities.count; j++) {
    let score = 0;
    for (let d = 0; d < dimensions; d++) score += mention[d]! * entities.data[j * dimensions + d]!;
    if (score > highest) [best, highest] = [j, score];
  }
  return best;
}
