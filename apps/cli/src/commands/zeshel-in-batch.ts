import { createInBatchAccuracy, type LabelledMention } from '@referent/benchmark-formats';
import { type EntityText, ReferentError, type Rows } from '@referent/core';
import { openModelWithEngine } from '../assemble/model.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { openZeshelFolder, type ZeshelFolder } from '../zeshel-folder.js';
import type { ZeshelEvaluateOptions } from './zeshel-evaluate.js';

/** Mentions that go through the encoders together, at least. */
const together = 512;

/** What BLINK prints while it trains: the right entity scores best among those of its batch, in the order of the file. */
export async function zeshelInBatch(
  context: CommandContext,
  { split = 'valid', inBatch: batchSize = 8, compat = false, limit, json, ...options }: ZeshelEvaluateOptions,
  raw: string,
): Promise<number> {
  const { io, progress, work } = context;
  const accuracy = createInBatchAccuracy({ batchSize, compat });
  const zeshel = openZeshelFolder(raw, io);
  let count = 0;
  try {
    const model = await openModelWithEngine(context, options);
    try {
      const size = Math.ceil(together / batchSize) * batchSize;
      for await (const group of inGroups(zeshel.mentionsOf(split, { limit, compat }), size)) {
        const entities: EntityText[] = [];
        for (const labelled of group) entities.push(await entityOf(zeshel, labelled));
        const mentionRows = await model.mentionEncoders.name.encodeMentions(
          group.map(({ mention }) => mention),
          work,
        );
        const entityRows = await model.entityEncoder.encodeEntities(entities, work);
        for (let start = 0; start < group.length; start += batchSize) {
          const ids = group.slice(start, start + batchSize).map(({ labels }) => labels[0]!);
          accuracy.add(rowsAt(mentionRows, start, ids.length), rowsAt(entityRows, start, ids.length), ids);
        }
        count += group.length;
      }
    } finally {
      await model.close();
    }
  } finally {
    await zeshel.close();
  }
  progress.finish();
  const value = accuracy.value();
  const text = json
    ? JSON.stringify({ inBatchAccuracy: value, batchSize, mentions: count })
    : `Eval accuracy: ${value === null ? '-' : value.toFixed(5)}`;
  await write(io.stdout, `${text}\n`);
  return 0;
}

async function entityOf({ documents }: ZeshelFolder, { mention, labels }: LabelledMention): Promise<EntityText> {
  const row = await documents.rowOf(mention.world!, labels[0]!);
  const document = row === undefined ? undefined : await documents.read(mention.world!, row);
  if (document) return document;
  throw new ReferentError('MENTIONS_UNKNOWN_LABEL', {
    what: `The world ${mention.world} no longer has the document ${labels[0]}.`,
    why: 'The documents changed while they were read.',
    fix: 'Run the same call again.',
  });
}

function rowsAt({ data, count }: Rows, start: number, length: number): Rows {
  const dimensions = data.length / count;
  return { data: data.subarray(start * dimensions, (start + length) * dimensions), count: length };
}

async function* inGroups<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
