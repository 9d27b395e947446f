import type { LinkedMention } from '@referent/core';
import { textPieces } from '../text-pieces.js';
import { clip, formatCard, formatPercent, oneLine, titleOf } from './card.js';
import { escapeHtml } from './escape.js';

/** From here on a link counts as sure: the legend says so. */
export const sureFrom = 0.5;

export interface LinkedText {
  readonly id: string;
  readonly text: string;
  readonly mentions: readonly LinkedMention[];
}

/** One document: its text with the mentions marked, then a list of what was linked. `number` makes the ids unique. */
export function* formatHtmlDocument({ id, text, mentions }: LinkedText, number: number): Generator<string> {
  yield `<article id="d${number}"><h2 dir="auto">${escapeHtml(id)}</h2>\n<div class="text" dir="auto">`;
  let count = 0;
  for (const { text: words, mention } of textPieces(text, mentions)) {
    if (mention) yield formatMention(mention, words, `d${number}m${++count}`);
    else yield escapeHtml(words);
  }
  yield '</div>\n';
  yield* formatFound(mentions);
  yield '</article>\n';
}

function formatMention(mention: LinkedMention, words: string, id: string): string {
  const surface = `<span class="surface" tabindex="0" role="button" aria-expanded="false" aria-controls="${id}">${escapeHtml(words)}</span>`;
  return `<span class="mention ${kindOf(mention)}">${surface}${formatCard(mention, id)}</span>`;
}

function kindOf({ entity, probability }: LinkedMention): 'sure' | 'unsure' | 'nil' {
  if (!entity) return 'nil';
  return probability >= sureFrom ? 'sure' : 'unsure';
}

/** What was linked, once per surface and entity: for print, and for those who read without pointing. */
function* formatFound(mentions: readonly LinkedMention[]): Generator<string> {
  if (mentions.length === 0) {
    yield '<p class="none">No mentions were found.</p>\n';
    return;
  }
  const groups = new Map<string, LinkedMention[]>();
  for (const mention of mentions) {
    const key = JSON.stringify([oneLine(mention.surface), mention.entity?.id]);
    groups.set(key, [...(groups.get(key) ?? []), mention]);
  }
  yield '<ul class="found" aria-label="Mentions">\n';
  for (const group of groups.values()) yield foundRow(group);
  yield '</ul>\n';
}

function foundRow(group: readonly LinkedMention[]): string {
  const first = group[0]!;
  const { entity, surface } = first;
  const times = group.length > 1 ? ` <span class="times">× ${group.length}</span>` : '';
  const least = Math.min(...group.map(({ probability }) => probability));
  const gloss = entity ? clip(oneLine(entity.text), 160) : '';
  return (
    `<li class="${kindOf({ ...first, probability: least })}"><span class="name" dir="auto"><span class="surface">${escapeHtml(oneLine(surface))}</span>${times}</span>` +
    `<span class="meaning"><span class="title">${entity ? titleOf(entity) : 'Nothing in this knowledge base'}</span>` +
    `${gloss === '' ? '' : ` <span class="gloss" dir="auto">${escapeHtml(gloss)}</span>`}</span>` +
    `<span class="percent">${formatPercent(least)}</span></li>\n`
  );
}
