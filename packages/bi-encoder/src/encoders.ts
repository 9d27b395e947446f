import type { EntityEncoder, MentionEncoder, Rows, TokenSequence, WorkOptions } from '@referent/core';
import {
  type EntityLayout,
  layoutEntity,
  layoutMention,
  type MentionLayout,
  type Tokenizer,
} from '@referent/tokenizer';
import type { Transformer } from '@referent/transformer';

interface Options<L> {
  readonly tokenizer: Tokenizer;
  readonly transformer: Transformer;
  readonly layout: L;
  readonly maximumLength: number;
}
const chunk = 4096;
async function encodeAll<T>(
  items: readonly T[],
  transformer: Transformer,
  layout: (item: T) => TokenSequence,
  options: WorkOptions = {},
): Promise<Rows> {
  const data = new Float32Array(items.length * transformer.dimensions);
  for (let from = 0; from < items.length; from += chunk) {
    const rows = await transformer.encode(items.slice(from, from + chunk).map(layout), { signal: options.signal });
    data.set(rows.data, from * transformer.dimensions);
  }
  return { data, count: items.length };
}
export function createMentionEncoder({
  tokenizer,
  transformer,
  layout,
  maximumLength,
}: Options<MentionLayout>): MentionEncoder {
  return {
    dimensions: transformer.dimensions,
    encodeMentions: (m, o) =>
      encodeAll(m, transformer, (x) => layoutMention(tokenizer, x, { layout, maximumLength }), o),
  };
}
export function createEntityEncoder({
  tokenizer,
  transformer,
  layout,
  maximumLength,
}: Options<EntityLayout>): EntityEncoder {
  return {
    dimensions: transformer.dimensions,
    encodeEntities: (m, o) =>
      encodeAll(m, transformer, (x) => layoutEntity(tokenizer, x, { layout, maximumLength }), o),
  };
}
