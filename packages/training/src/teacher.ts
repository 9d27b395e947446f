import type {
  EntityEncoder,
  EntityText,
  MentionEncoder,
  MentionInContext,
  PairScorer,
  WorkOptions,
} from '@referent/core';

/** A mention and some entities that it may mean. */
export interface CandidateList {
  readonly mention: MentionInContext;
  readonly entities: readonly EntityText[];
}

/** A model that another one learns from. */
export interface Teacher {
  /** One score per entity of each list; higher is better. */
  score(lists: readonly CandidateList[], options?: WorkOptions): Promise<Float32Array[]>;
}

/** A cross-encoder as the teacher. */
export function teacherFromPairScorer(scorer: PairScorer): Teacher {
  return {
    async score(lists, options) {
      const pairs = lists.flatMap(({ mention, entities }) => entities.map((entity) => ({ mention, entity })));
      const scores = await scorer.scorePairs(pairs, options);
      let start = 0;
      return lists.map(({ entities }) => {
        const own = scores.slice(start, start + entities.length);
        start += entities.length;
        return own;
      });
    },
  };
}

/** Teachers whose scores are added, each times its weight: the two stages of a pipeline, for example. */
export function combineTeachers(parts: readonly { readonly teacher: Teacher; readonly weight: number }[]): Teacher {
  return {
    async score(lists, options) {
      const sums = lists.map(({ entities }) => new Float32Array(entities.length));
      for (const { teacher, weight } of parts) {
        const scores = await teacher.score(lists, options);
        for (const [row, sum] of sums.entries()) {
          for (let i = 0; i < sum.length; i++) sum[i]! += weight * scores[row]![i]!;
        }
      }
      return sums;
    },
  };
}

export interface EncoderTeacherOptions {
  readonly mentionEncoder: MentionEncoder;
  readonly entityEncoder: EntityEncoder;
  /** Inner products are divided by it: 0.05 for cosines. @default 1 */
  readonly temperature?: number;
}

/** A (larger) bi-encoder as the teacher. */
export function teacherFromEncoders({
  mentionEncoder,
  entityEncoder,
  temperature = 1,
}: EncoderTeacherOptions): Teacher {
  return {
    async score(lists, options) {
      const dimensions = mentionEncoder.dimensions;
      const mentions = await mentionEncoder.encodeMentions(
        lists.map(({ mention }) => mention),
        options,
      );
      const unique = [...new Set(lists.flatMap(({ entities }) => entities))];
      const rowOf = new Map(unique.map((entity, row) => [entity, row]));
      const { data } = await entityEncoder.encodeEntities(unique, options);
      const product = (m: number, e: number) => {
        let sum = 0;
        for (let i = 0; i < dimensions; i++) sum += mentions.data[m * dimensions + i]! * data[e * dimensions + i]!;
        return sum;
      };
      return lists.map(({ entities }, m) =>
        Float32Array.from(entities, (entity) => product(m, rowOf.get(entity)!) / temperature),
      );
    },
  };
}
