import type { LinkedMention, Span } from '@referent/core';
import { describe, element, kindOf } from './card.js';

/** A mention as the page shows it; not linked yet, or what it was before the last edit. */
export interface Mark extends Span {
  readonly linked?: LinkedMention | undefined;
}

/** Where the marks are after an edit: those that it touched are gone, until the worker has found them again. */
export function shiftMarks(marks: readonly Mark[], before: string, after: string): Mark[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const moved = after.length - before.length;
  return marks.flatMap((mark) => {
    if (mark.end <= head) return mark;
    if (mark.start >= before.length - tail) return { ...mark, start: mark.start + moved, end: mark.end + moved };
    return [];
  });
}

/** Takes what was known of a span that has been found again, so that nothing flickers. */
export function keepLinks(spans: readonly Span[], marks: readonly Mark[]): Mark[] {
  return spans.map((span) => {
    const known = marks.find(({ start, end }) => start === span.start && end === span.end);
    return { ...span, linked: known?.linked };
  });
}

/** Writes the text into the mirror, marked. The focus stays where it was, if that mention is still there. */
export function showMarks(mirror: HTMLElement, text: string, marks: readonly Mark[]): void {
  const focused = [...mirror.children].indexOf(document.activeElement as Element);
  const nodes: (string | HTMLElement)[] = [];
  let at = 0;
  for (const [i, { start, end, linked }] of marks.entries()) {
    const node = element('span', `mark ${linked ? kindOf(linked) : ''}`, text.slice(start, end));
    node.dataset.mark = String(i);
    if (linked) {
      node.tabIndex = 0;
      node.setAttribute('role', 'button');
      node.setAttribute('aria-label', describe(linked));
    }
    nodes.push(text.slice(at, start), node);
    at = end;
  }
  mirror.replaceChildren(...nodes, `${text.slice(at)}\n`);
  if (focused >= 0) (mirror.children[focused] as HTMLElement | undefined)?.focus();
}
