import type { LinkedMention, WorkOptions } from '@referent/core';
import type { CutDocument, Pipeline } from '@referent/pipeline';
import type { LabelledMention } from './read-mentions.js';

/** Mentions wait under their number for their answer: ids in files need not be unique. */
async function* labelledDocuments(
  mentions: AsyncIterable<LabelledMention>,
  waiting: Map<string, LabelledMention>,
  hasWorlds: boolean,
): AsyncGenerator<CutDocument> {
  let number = 0;
  for await (const labelled of mentions) {
    const id = String(number++);
    waiting.set(id, labelled);
    const { world, ...mention } = labelled.mention;
    yield { id, ...mention, ...(hasWorlds && world !== undefined && { world }) };
  }
}

/** Links mentions with known answers, and gives each with its answer, in order. */
export async function* linkLabelled(
  pipeline: Pipeline,
  mentions: AsyncIterable<LabelledMention>,
  hasWorlds: boolean,
  work: WorkOptions,
): AsyncGenerator<{ readonly labelled: LabelledMention; readonly linked: LinkedMention }> {
  const waiting = new Map<string, LabelledMention>();
  const documents = labelledDocuments(mentions, waiting, hasWorlds);
  for await (const { id, mentions: linked, error } of pipeline.linkDocuments(documents, work)) {
    if (error) throw error;
    const labelled = waiting.get(id)!;
    waiting.delete(id);
    yield { labelled, linked: linked[0]! };
  }
}
