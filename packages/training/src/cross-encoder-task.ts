import { type Entity, ReferentError } from '@referent/core';
import { type EntityLayout, layoutEntity, layoutPair, type PairLayout, type Tokenizer } from '@referent/tokenizer';
import type * as tfjs from '@tensorflow/tfjs-core';
import { negativePool, type TrainingBatch, type TrainingExample } from './examples.js';
import { candidateTable, listwiseLoss, tableScores } from './losses.js';
import { createMentionInputs, type MentionInputOptions } from './mention-inputs.js';
import { sampled } from './random.js';
import {
  type BatchContext,
  type ComputeOptions,
  type DistillationOptions,
  type TrainingTask,
  taughtGradients,
} from './task.js';
import type { Teacher } from './teacher.js';
import type { Tower } from './tower.js';

export interface CrossEncoderTaskOptions extends ComputeOptions {
  readonly tokenizer: Tokenizer;
  /** Its head gives one number: `projection` to one output. */
  readonly tower: Tower;
  readonly mention: Omit<MentionInputOptions, 'tokenizer'>;
  readonly entity: { readonly layout: EntityLayout; readonly maximumLength: number };
  /** @default 'compact' */
  readonly pairLayout?: PairLayout;
  /** Candidates of a mention, its gold included. @default 8 */
  readonly candidates?: number;
  /**
   * Whether a gold that was not among the mined candidates is put there. Without it such examples are left out, and the
   * model learns from lists as it will meet them. @default true
   */
  readonly injectGold?: boolean;
  /**
   * Its scores are added to the tower's own before the loss, so that the tower learns what they lack. Scores are then
   * used together, too. It is not trained. @default none: the tower learns to rank alone
   */
  readonly firstStage?: Teacher;
  readonly distillation?: DistillationOptions;
}

/** One tower learns to score the right one of a mention's candidates highest. */
export function createCrossEncoderTask({
  tf,
  tokenizer,
  tower,
  mention,
  entity,
  pairLayout = 'compact',
  candidates = 8,
  injectGold = true,
  firstStage,
  distillation,
  dropout = 0.1,
  chunkTokens = 2048,
  keptTokens = 8192,
}: CrossEncoderTaskOptions): TrainingTask {
  const mentionInput = createMentionInputs({ tokenizer, ...mention });

  return {
    towers: [tower],
    async gradients(batch, context) {
      const { random, signal } = context;
      const lists = candidateLists(batch, context, { candidates, injectGold });
      const sequences = lists.flatMap(({ example, entities }, i) => {
        const input = mentionInput(example.mention, entities[0]!, random.fork('mention', i));
        return entities.map((it) =>
          layoutPair(input, layoutEntity(tokenizer, it, entity), {
            layout: pairLayout,
            maximumContextLength: mention.maximumLength,
          }),
        );
      });
      const taught = lists.map(({ example, entities }) => ({ mention: example.mention, entities }));

      let place = 0;
      const table = candidateTable(lists.map(({ entities }) => entities.map(() => place++)));
      const given = (await firstStage?.score(taught, { signal }))?.flatMap((list) => [...list]);
      const scores = ([own]: readonly tfjs.Tensor2D[]) =>
        tableScores(tf, given ? tf.add(tf.reshape(own!, [-1]), tf.tensor1d(given)) : own!, table);
      return taughtGradients({
        tf,
        parts: [{ tower, sequences }],
        hard: (vectors) => listwiseLoss(tf, scores(vectors), table),
        scores,
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

interface ExampleCandidates {
  readonly example: TrainingExample;
  /** The gold entity first. */
  readonly entities: readonly Entity[];
}

/**
 * Each example's gold and its hard negatives; where those are too few, golds of the batch's other examples.
 * @throws `TRAINING_NO_CANDIDATES` no example has a candidate besides its gold
 */
export function candidateLists(
  { set, examples, number }: TrainingBatch,
  { random, mined }: Pick<BatchContext, 'random' | 'mined'>,
  { candidates, injectGold }: { readonly candidates: number; readonly injectGold: boolean },
): ExampleCandidates[] {
  const batchGolds = [...new Set(examples.flatMap(({ gold }) => gold))];
  const lists = examples.flatMap((example, i) => {
    const found = mined.get(set.name)?.get(example.id);
    if (!injectGold && found && found.goldRank < 0) return [];
    const own = random.fork('candidates', i);
    const gold = example.gold[own.integer(example.gold.length)]!;
    const pool = sampled(negativePool(set, example, mined), candidates - 1, own);
    const others = batchGolds.filter((id) => !example.gold.includes(id) && !pool.includes(id));
    const ids = [gold, ...pool, ...sampled(others, candidates - 1 - pool.length, own)];
    if (ids.length < 2) return [];
    return [{ example, entities: ids.map((id) => set.entities.get(id)!) }];
  });
  if (lists.length === 0) {
    throw new ReferentError('TRAINING_NO_CANDIDATES', {
      what: `No example of batch ${number} has a candidate besides its gold entity.`,
      why: injectGold ? 'There are no hard negatives, and all examples mean the same.' : 'No gold entity was mined.',
      fix: 'Mine negatives, give hardNegatives, or set injectGold.',
      details: { set: set.name, batch: number, examples: examples.map(({ id }) => id) },
    });
  }
  return lists;
}
