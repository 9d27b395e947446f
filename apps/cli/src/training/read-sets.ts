import { basename, resolve } from 'node:path';
import type { Entity } from '@referent/core';
import { openEntitySource } from '@referent/knowledge-base';
import { checkTrainingSet, type TrainingExample, type TrainingSet, withNamesakes } from '@referent/training';
import type { CommandContext } from '../command-context.js';
import { openInput } from '../read-input.js';
import { readMentions } from '../read-mentions.js';
import type { SetSettings } from './settings.js';

/** Reads sets of entities and mentions; what cannot be trained on is left out and told. */
export async function readSets(
  context: CommandContext,
  sets: readonly SetSettings[],
  namesakes = 0,
): Promise<TrainingSet[]> {
  const known = new Map<string, Promise<Entity[]>>();
  const read: TrainingSet[] = [];
  for (const settings of sets) {
    const set = await readSet(context, settings, known);
    const { set: checked, problems } = checkTrainingSet(set);
    const left = problems.unknownLabels + problems.emptyMentions;
    if (left > 0) {
      context.logger.warn(
        `${set.name}: ${left} of ${set.examples.length} mentions are left out: ${problems.unknownLabels} name no entity, ${problems.emptyMentions} are empty (${problems.samples.join(', ')})`,
      );
    }
    context.logger.info(
      `${set.name}: ${checked.examples.length} mentions, ${checked.entities.size} entities, ${problems.withoutContext} mentions without context`,
    );
    read.push(namesakes > 0 ? withNamesakes(checked, { count: namesakes }) : checked);
  }
  return read;
}

async function readSet(
  { io }: CommandContext,
  { name, entities, mentions, weight, limit = Number.POSITIVE_INFINITY, worlds, hardNegatives }: SetSettings,
  known: Map<string, Promise<Entity[]>>,
): Promise<TrainingSet> {
  const byId = new Map<string, Entity>();
  for (const file of entities) {
    const path = resolve(io.cwd, file);
    const list = known.get(path) ?? readEntities(path, io.signal);
    known.set(path, list);
    for (const entity of await list) {
      if (!worlds || (entity.world !== undefined && worlds.includes(entity.world))) byId.set(entity.id, entity);
    }
  }
  const examples: TrainingExample[] = [];
  for (const file of mentions) {
    for await (const { id, mention, labels, candidates } of readMentions(await openInput(file, io))) {
      if (examples.length >= limit) break;
      if (worlds && !worlds.includes(mention.world ?? '')) continue;
      // A world that the entities do not have restricts nothing: WordNet's mentions carry their document's name.
      const inWorld = labels.some((label) => byId.get(label)?.world === mention.world);
      const { world, ...bare } = mention;
      const placed = inWorld && world !== undefined ? mention : bare;
      // Ids in files need not be unique: the number makes them so.
      examples.push({
        id: `${id}#${examples.length}`,
        mention: placed,
        gold: labels,
        ...(candidates && { hardNegatives: candidates.filter((candidate) => !labels.includes(candidate)) }),
      });
    }
  }
  return {
    name: name ?? basename(mentions[0]!).replace(/\.jsonl(\.gz)?$/, ''),
    examples,
    entities: byId,
    ...(weight !== undefined && { weight }),
    ...(hardNegatives !== undefined && { hardNegatives }),
  };
}

async function readEntities(path: string, signal: AbortSignal): Promise<Entity[]> {
  const list: Entity[] = [];
  for await (const { entity } of (await openEntitySource(path)).read({ signal })) if (entity) list.push(entity);
  return list;
}
