import type { EntityEncoder, EntityText, MentionEncoder, MentionInContext, Rows } from '@referent/core';
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
  const temperature = linking.decision.temperature ?? usualTemperature;
  return {
    async score(lists, options) {
      // Name and topic are compared with the same entities, in the same order: these are encoded once.
      let vectors: Promise<Rows> | undefined;
      const once: EntityEncoder = {
        dimensions: entityEncoder.dimensions,
        encodeEntities: (entities, work) => (vectors ??= entityEncoder.encodeEntities(entities, work)),
      };
      const scoresOf = (mentionEncoder: MentionEncoder) =>
        teacherFromEncoders({ mentionEncoder, entityEncoder: once }).score(lists, options);
      const denseScores = await scoresOf(mentionEncoders.name);
      const topicScores = mentionEncoders.topic && (await scoresOf(mentionEncoders.topic));
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
  entities: readonly EntityText[],
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
