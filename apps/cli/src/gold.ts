import type { EntityStore, NamesIndex } from '@referent/core';
import { ReferentError } from '@referent/core';
import { type Input, linesOf } from './read-input.js';
import type { LabelledMention } from './read-mentions.js';

export interface GoldOptions {
  /** What of a mention leads to its entity. @default 'ids' */
  readonly labels?: 'ids' | 'titles' | undefined;
  /** Titles by label, where the labels are the ids of another knowledge base (TAC-KBP). */
  readonly titlesOf?: ReadonlyMap<string, string> | undefined;
  /** As BLINK: mentions whose entity is not in the knowledge base are left out, the rest is in lower case. @default false */
  readonly compat?: boolean | undefined;
}

interface Knowledge {
  readonly store: Pick<EntityStore, 'get' | 'keysOf'>;
  readonly names: Pick<NamesIndex, 'lookup'>;
}

const together = 256;
/** More entities with one title are no knowledge base. */
const mostOfOneTitle = 4096;

/** Turns the labels of a benchmark into ids of this knowledge base. */
export async function* findGold(
  mentions: AsyncIterable<LabelledMention>,
  knowledge: Knowledge,
  { labels = 'ids', titlesOf, compat = false }: GoldOptions,
): AsyncGenerator<LabelledMention> {
  const byTitle = titlesOf !== undefined || labels === 'titles';
  for await (const batch of inBatches(mentions, together)) {
    const found: LabelledMention[] = [];
    for (const mention of batch)
      found.push(byTitle ? await throughTitles(mention, knowledge, titlesOf, compat) : mention);
    yield* compat ? await asBlinkReads(found, knowledge) : found;
  }
}

/** A label whose title is not found stays as it is: it names an entity that the knowledge base lacks. */
async function throughTitles(
  mention: LabelledMention,
  { names, store }: Knowledge,
  titlesOf: ReadonlyMap<string, string> | undefined,
  compat: boolean,
): Promise<LabelledMention> {
  const titles = titlesOf ? mention.labels.flatMap((label) => titlesOf.get(label) ?? []) : (mention.titles ?? []);
  const ids: string[] = [];
  for (const title of titles) {
    const { world } = mention.mention;
    const keys = (await names.lookup(title, { limit: mostOfOneTitle, world }))
      .map(({ key }) => key)
      .sort((a, b) => a - b);
    const namesakes = (await store.get(keys)).flatMap((entity) => (entity?.title === title ? entity.id : []));
    // In BLINK's table of titles, the last entity of a title takes the place of the others.
    ids.push(...(compat ? namesakes.slice(-1) : namesakes));
  }
  return ids.length > 0 ? { ...mention, labels: ids } : mention;
}

async function asBlinkReads(mentions: readonly LabelledMention[], { store }: Knowledge): Promise<LabelledMention[]> {
  const keys = await store.keysOf(mentions.flatMap(({ labels }) => labels));
  let next = 0;
  const isKnown = mentions.map(({ labels }) => {
    const own = keys.slice(next, next + labels.length);
    next += labels.length;
    return own.some((key) => key !== undefined);
  });
  return mentions.filter((_, i) => isKnown[i]).map(inLowerCase);
}

export function inLowerCase(labelled: LabelledMention): LabelledMention {
  const { contextLeft, surface, contextRight, ...rest } = labelled.mention;
  return {
    ...labelled,
    mention: {
      ...rest,
      contextLeft: contextLeft.toLowerCase(),
      surface: surface.toLowerCase(),
      contextRight: contextRight.toLowerCase(),
    },
  };
}

/** BLINK's `--test_entities`: JSONL with `entity_id` and `title`. @throws `TEST_ENTITIES_INVALID_LINE` */
export async function readTitles(input: Input): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  for await (const { number, text } of linesOf(input)) {
    if (text.trim() === '') continue;
    const record = parsed(text);
    if (typeof record?.entity_id !== 'string' || typeof record.title !== 'string') {
      throw new ReferentError('TEST_ENTITIES_INVALID_LINE', {
        what: `${input.name}, line ${number}: no JSON object with "entity_id" and "title".`,
        fix: 'Each line is {"entity_id", "title"}, as BLINK takes them for TAC-KBP.',
        details: { file: input.name, line: number },
      });
    }
    titles.set(record.entity_id, record.title);
  }
  return titles;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
