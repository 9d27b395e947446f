import type { Candidate, LinkedMention } from '@referent/core';
import { escapeHtml, safeUrl } from './escape.js';

const longestGloss = 240;

/** What a mention means and might have meant: opens under it. Phrasing content only, for it stands inside running text. */
export function formatCard(mention: LinkedMention, id: string): string {
  const { entity, candidates, surface } = mention;
  const shown = candidates;
  const rest = shown.length > 0 ? Math.max(0, 1 - sum(shown) - (entity ? 0 : mention.probability)) : 0;
  const rows = [
    ...(entity ? [] : [nothingRow(mention.probability)]),
    ...shown.map((candidate) => candidateRow(candidate, candidate.entity.id === entity?.id)),
    ...(rest >= 0.005 ? [restRow(rest)] : []),
  ];
  const none = shown.length === 0 ? '<span class="none">No entity comes into question.</span>' : '';
  return `<span class="card" id="${id}"><span class="box" role="group" aria-label="Candidates for ${escapeHtml(oneLine(surface))}">${rows.join('')}${none}</span></span>`;
}

function candidateRow({ entity, probability, ...scores }: Candidate, chosen: boolean): string {
  const gloss = clip(oneLine(entity.text), longestGloss);
  return row({
    className: chosen ? 'candidate chosen' : 'candidate',
    title: `${chosen ? '<span class="tick" aria-label="chosen">✓</span> ' : ''}${titleOf(entity)}`,
    probability,
    rest:
      (gloss === '' ? '' : `<span class="gloss" dir="auto">${escapeHtml(gloss)}</span>`) +
      `<span class="scores"><bdi>${escapeHtml(entity.id)}</bdi>${scoreList(scores)}</span>`,
  });
}

function nothingRow(probability: number): string {
  const title = '<span class="tick" aria-label="chosen">✓</span> Nothing in this knowledge base';
  return row({ className: 'candidate chosen nothing', title, probability, rest: '' });
}

function restRow(probability: number): string {
  return row({ className: 'candidate rest', title: 'All else together', probability, rest: '' });
}

function row(parts: { className: string; title: string; probability: number; rest: string }): string {
  const { className, title, probability, rest } = parts;
  const percent = formatPercent(probability);
  return (
    `<span class="${className}"><span class="line"><span class="title">${title}</span><span class="percent">${percent}</span></span>` +
    `<span class="bar"><span style="width:${(100 * probability).toFixed(1)}%"></span></span>${rest}</span>`
  );
}

/** The title, as a link where the entity has an address on the web. */
export function titleOf({ title, url }: Candidate['entity']): string {
  const words = `<bdi>${escapeHtml(oneLine(title))}</bdi>`;
  const address = safeUrl(url);
  if (address === undefined) return words;
  return `<a href="${escapeHtml(address)}" rel="noopener noreferrer" target="_blank">${words}</a>`;
}

function scoreList({ retrievalScore, rerankScore, scores }: Omit<Candidate, 'entity' | 'probability'>): string {
  const all = { retrieval: retrievalScore, ...(rerankScore !== undefined && { 're-ranker': rerankScore }) };
  const parts = Object.entries(scores).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...Object.entries(all), ...parts]
    .map(([name, value]) => `<span>${escapeHtml(name)} ${Number(value.toPrecision(3))}</span>`)
    .join('');
}

export function formatPercent(probability: number): string {
  if (probability > 0 && probability < 0.005) return '&lt;1 %';
  return `${Math.round(100 * probability)} %`;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Cuts between characters, at a blank where one is near. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '');
  const blank = head.lastIndexOf(' ');
  return `${blank > length * 0.8 ? head.slice(0, blank) : head}…`;
}

function sum(candidates: readonly Candidate[]): number {
  return candidates.reduce((total, { probability }) => total + probability, 0);
}
