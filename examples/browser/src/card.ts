import type { Candidate, LinkedMention } from '@referent/core';

/** From here on a link counts as sure: the legend says so. */
const sureFrom = 0.5;

export function kindOf({ entity, probability }: LinkedMention): 'sure' | 'unsure' | 'nil' {
  if (!entity) return 'nil';
  return probability >= sureFrom ? 'sure' : 'unsure';
}

export function describe({ surface, entity, probability }: LinkedMention): string {
  const what = entity ? `${entity.title}: ${entity.text}` : 'nothing in this knowledge base';
  return `${surface}, ${percent(probability)}: ${what}`;
}

/** What a mention may mean, best first, with what speaks for it. */
export function cardOf({ entity, probability, candidates }: LinkedMention): HTMLElement[] {
  const rows = candidates.map((candidate) => candidateRow(candidate, candidate.entity.id === entity?.id));
  if (!entity) rows.unshift(row('candidate chosen nothing', '✓ Nothing in this knowledge base', probability));
  return rows;
}

function candidateRow({ entity, probability, sources, scores }: Candidate, isChosen: boolean): HTMLElement {
  const facts = [
    entity.id,
    `found by ${sources.join(' and ')}`,
    ...Object.entries(scores).map(([name, score]) => `${name} ${score.toFixed(2)}`),
  ];
  return row(
    isChosen ? 'candidate chosen' : 'candidate',
    `${isChosen ? '✓ ' : ''}${entity.title}`,
    probability,
    element('div', 'gloss', entity.text),
    element('div', 'scores', ...facts.map((fact) => element('span', '', fact))),
  );
}

function row(className: string, title: string, probability: number, ...rest: HTMLElement[]): HTMLElement {
  const filled = element('div', '');
  filled.style.width = `${100 * probability}%`;
  const line = element('div', 'line', element('span', '', title), element('span', 'percent', percent(probability)));
  return element('div', className, line, element('div', 'bar', filled), ...rest);
}

export function percent(probability: number): string {
  return probability > 0 && probability < 0.005 ? '<1 %' : `${Math.round(100 * probability)} %`;
}

export function element(tag: string, className: string, ...children: (string | HTMLElement)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
