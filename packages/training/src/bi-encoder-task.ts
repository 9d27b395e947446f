import type { Entity } from '@referent/core';
import { type EntityLayout, layoutEntity, type Tokenizer } from '@referent/tokenizer';
import { negativePool, type TrainingBatch } from './examples.js';
import { candidateTable, type InBatchTargets, inBatchLoss, tableScores } from './losses.js';
import { createMentionInputs, type MentionInputOptions } from './mention-inputs.js';
import { sampled } from './random.js';
import {
  type BatchContext,
  type ComputeOptions,
  type DistillationOptions,
  type TrainingTask,
  taughtGradients,
} from './task.js';
import type { Tower } from './tower.js';

export interface BiEncoderTaskOptions extends ComputeOptions {
  readonly tokenizer: Tokenizer;
  /** The same tower twice where the weights are tied. */
  readonly towers: { readonly mention: Tower; readonly entity: Tower };
  readonly mention: Omit<MentionInputOptions, 'tokenizer'>;
  readonly entity: { readonly layout: EntityLayout; readonly maximumLength: number };
  /** Scores are divided by it: 0.05 suits cosines, 1 inner products. @default 0.05 */
  readonly temperature?: number;
  /** Also asks each gold entity for its mention. @default false */
  readonly symmetric?: boolean;
  /** So many hard negatives per mention, drawn from the given and the mined ones. @default 1 */
  readonly hardNegatives?: number;
  readonly distillation?: DistillationOptions;
}

/**
 * Two towers learn to bring mentions to their entities and away from the other entities of the batch: golds of other
 * mentions and hard negatives. Every entity is encoded once; what is right for a mention too is never its negative.
 */
export function createBiEncoderTask({
  tf,
  tokenizer,
  towers,
  mention,
  entity,
  temperature = 0.05,
  symmetric = false,
  hardNegatives = 1,
  distillation,
  dropout = 0.1,
  chunkTokens = 2048,
  keptTokens = 8192,
}: BiEncoderTaskOptions): TrainingTask {
  const mentionInput = createMentionInputs({ tokenizer, ...mention });

  return {
    towers: [...new Set([towers.mention, towers.entity])],
    async gradients(batch, context) {
      const { random, signal } = context;
      const { entities, targets, lists } = layOutBatch(batch, context, batch.set.hardNegatives ?? hardNegatives);
      const golds = Array.from(targets.columns, (column) => entities[column]!);
      const mentions = batch.examples.map((example, i) =>
        mentionInput(example.mention, golds[i]!, random.fork('mention', i)),
      );
      const taught = lists.map((list, i) => ({
        mention: batch.examples[i]!.mention,
        entities: list.map((column) => entities[column]!),
      }));
      const table = candidateTable(lists.map((list, row) => list.map((column) => row * entities.length + column)));
      return taughtGradients({
        tf,
        parts: [
          { tower: towers.mention, sequences: mentions },
          { tower: towers.entity, sequences: entities.map((it) => layoutEntity(tokenizer, it, entity)) },
        ],
        hard: (vectors) => inBatchLoss(tf, [vectors[0]!, vectors[1]!], targets, { temperature, symmetric }),
        scores: ([m, e]) => tableScores(tf, tf.div(tf.matMul(m!, e!, false, true), temperature), table),
        table,
        lists: taught,
        distillation,
        signal,
        dropoutRate: dropout,
        random,
        chunkTokens,
        keptTokens,
      });
    },
  };
}

interface LaidOutBatch {
  /** Each entity of the batch once. */
  readonly entities: readonly Entity[];
  readonly targets: InBatchTargets;
  /** Columns of each mention's gold and its own hard negatives. */
  readonly lists: readonly (readonly number[])[];
}

/** Which entities a batch needs, and what each is to each mention. */
export function layOutBatch(
  { set, examples }: Pick<TrainingBatch, 'set' | 'examples'>,
  { random, mined }: Pick<BatchContext, 'random' | 'mined'>,
  hardNegatives: number,
): LaidOutBatch {
  const columns = new Map<string, number>();
  const columnOf = (id: string) => {
    const known = columns.get(id) ?? columns.size;
    columns.set(id, known);
    return known;
  };
  // Golds first: a hard negative of one mention that is another's gold takes no second column.
  const golds = examples.map(({ gold }, i) => columnOf(gold[random.fork('gold', i).integer(gold.length)]!));
  const lists = examples.map((example, i) => {
    const pool = negativePool(set, example, mined);
    return [golds[i]!, ...sampled(pool, hardNegatives, random.fork('negatives', i)).map(columnOf)];
  });
  const alsoRight = new Float32Array(examples.length * columns.size);
  for (const [row, { gold }] of examples.entries()) {
    for (const id of gold) {
      const column = columns.get(id);
      if (column !== undefined && column !== golds[row]) alsoRight[row * columns.size + column] = 1;
    }
  }
  return {
    entities: Array.from(columns.keys(), (id) => set.entities.get(id)!),
    targets: { columns: Int32Array.from(golds), alsoRight },
    lists,
  };
}
