import type { Entity, MentionInContext } from '@referent/core';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import type { Model } from '@referent/model';
import { createNamesSource, fuse } from '@referent/pipeline';
import { type Teacher, teacherFromEncoders } from '@referent/training';

/** Where a model says none: cosines are divided by it in training. */
export const usualTemperature = 0.05;

/**
 * A model's first stage as the teacher: its vectors, the names of the entities and the topic, fused as its `linking`
 * says. So a bi-encoder learns to find with one vector what the pipeline finds with three kinds of evidence.
 */
export function teacherFromFirstStage({
  entityEncoder,
  mentionEncoders,
  linking,
}: Pick<Model, 'entityEncoder' | 'mentionEncoders' | 'linking'>): Teacher {
  const dense = teacherFromEncoders({ mentionEncoder: mentionEncoders.name, entityEncoder });
  const topic = mentionEncoders.topic && teacherFromEncoders({ mentionEncoder: mentionEncoders.topic, entityEncoder });
  const temperature = linking.decision.temperature ?? usualTemperature;
  return {
    async score(lists, options) {
      const denseScores = await dense.score(lists, options);
      const topicScores = await topic?.score(lists, options);
      return Promise.all(
        lists.map(async ({ mention, entities }, row) => {
          const names = await nameScores(mention, entities, linking.nameScores);
          const evidence = entities.map((_, i) => ({
            dense: denseScores[row]![i]!,
            ...(topicScores && { topic: topicScores[row]![i]! }),
            ...(names[i] !== undefined && { names: names[i] }),
          }));
          return Float32Array.from(fuse(evidence, linking.fusion, mention.surface), (score) => score / temperature);
        }),
      );
    },
  };
}

type NameScores = Model['linking']['nameScores'];

/** What each entity's names are worth for the mention; undefined where it does not bear the name. */
async function nameScores(
  { contextLeft, surface, contextRight }: MentionInContext,
  entities: readonly Pick<Entity, 'title' | 'text' | 'aliases'>[],
  scores: NameScores,
): Promise<(number | undefined)[]> {
  const listed = entities.map(({ title, text, aliases }, i) => {
    return { id: `${i}`, title, text, ...(aliases && { aliases }) };
  });
  const { names } = createMemoryKnowledge(listed);
  const source = createNamesSource({ names, scores });
  // All are of one world already: candidates are.
  const [found] = await source.retrieve([{ contextLeft, surface, contextRight }], { limit: entities.length });
  const given: (number | undefined)[] = entities.map(() => undefined);
  found!.keys.forEach((key, at) => {
    given[key - 1] = found!.scores[at]!;
  });
  return given;
}
