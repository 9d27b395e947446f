import type { CutDocument } from '@referent/pipeline';
import type { LabelledMention } from './read-mentions.js';

/** Mentions wait under their number for their answer: ids in files need not be unique. */
export async function* labelledDocuments(
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
