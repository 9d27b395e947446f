import { type EntityText, normalizeName, type TokenSequence } from '@referent/core';
import { assertLayout, assertMaximumLength } from './layout-errors.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * How an entity becomes one input:
 * - `blink`: `[CLS] title [unused2] text [SEP]`, as BLINK's entity encoder was trained; a title that fills the window leaves
 *   no marker
 * - `separated`: `[CLS] title [SEP] text [SEP]`, for encoders that were trained on plain text;
 *   an empty title or text leaves its separator out
 * - `aliases`: `[CLS] title [SEP] alias, alias: text [SEP]`, for encoders that were trained on glosses that begin so; the
 *   first aliases that say something new, in half of the window at most. Without aliases as `separated`
 */
export type EntityLayout = 'blink' | 'separated' | 'aliases';

export interface EntityLayoutOptions {
  /** @default 'blink' */
  readonly layout?: EntityLayout;
  /** Tokens at most, with the special ones. @default 128 */
  readonly maximumLength?: number;
}
const layouts: readonly EntityLayout[] = ['blink', 'separated', 'aliases'];

/** An entity with hundreds of aliases is not searched for one that is short enough. */
const mostAliases = 32;

/**
 * Lays out an entity: the title, then as much of the text as fits. A title longer than the window is cut at its end.
 * @throws `LAYOUT_MAXIMUM_LENGTH` no room for one token
 * @throws `LAYOUT_UNKNOWN`
 */
export function layoutEntity(
  tokenizer: Tokenizer,
  entity: EntityText,
  { layout = 'blink', maximumLength = 128 }: EntityLayoutOptions = {},
): TokenSequence {
  assertLayout(layout, layouts);
  assertMaximumLength(layout, maximumLength, 4);
  const { title } = entity;
  const { special, markers } = tokenizer;
  const room = maximumLength - 2;
  const text = layout === 'aliases' ? withAliases(tokenizer, entity, Math.floor(room / 2)) : entity.text;
  if (layout === 'blink') {
    const name = tokenizer.encode(title, { limit: room });
    const body = tokenizer.encode(text, { limit: room - 1 - name.length });
    return { ids: [special.cls, ...[...name, markers.title, ...body].slice(0, room), special.sep] };
  }
  const name = tokenizer.encode(title, { limit: room });
  // A separator with nothing behind it would say nothing.
  const separator = name.length > 0 ? [special.sep] : [];
  const body = tokenizer.encode(text, { limit: room - name.length - separator.length });
  if (body.length === 0) return { ids: [special.cls, ...name, special.sep] };
  return { ids: [special.cls, ...name, ...separator, ...body, special.sep] };
}

function withAliases(tokenizer: Tokenizer, { title, text, aliases = [] }: EntityText, room: number): string {
  const said = new Set([normalizeName(title)]);
  const kept: string[] = [];
  let left = room;
  for (const alias of aliases.slice(0, mostAliases)) {
    const name = normalizeName(alias);
    if (said.has(name)) continue;
    const length = tokenizer.encode(alias, { limit: left }).length + 1; // with the comma or colon behind it
    if (length > left) continue;
    said.add(name);
    kept.push(alias);
    left -= length;
  }
  return kept.length === 0 ? text : `${kept.join(', ')}: ${text}`;
}
