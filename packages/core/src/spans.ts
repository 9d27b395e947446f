import { ReferentError } from './errors.js';
import type { Mention, Span } from './mention.js';

/**
 * Mentions at positions that somebody else knows: a gold standard, another detector, a person.
 * The spans may come in any order; the mentions are in the order of the text.
 * @throws `SPAN_INVALID` a span is not within the text, is empty, or begins or ends inside a character
 * @throws `SPAN_OVERLAP` two spans share a position
 */
export function mentionsFromSpans(text: string, spans: readonly Span[]): Mention[] {
  for (const span of spans) assertSpan(text, span);
  const ordered = spans.toSorted((a, b) => a.start - b.start);
  ordered.forEach((span, i) => {
    const before = ordered[i - 1];
    if (before && span.start < before.end) {
      throw new ReferentError('SPAN_OVERLAP', {
        what: `The spans ${name(before)} and ${name(span)} overlap.`,
        why: 'A position of a text belongs to one mention at most.',
        fix: 'Keep one of the two, or link the text twice.',
        details: { spans: [before, span] },
      });
    }
  });
  return ordered.map(({ start, end }) => ({ start, end, surface: text.slice(start, end) }));
}

function assertSpan(text: string, span: Span): void {
  const { start, end } = span;
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > text.length)
    throw invalid(span, `is not within the text, which has ${text.length} UTF-16 positions.`);
  if (start >= end) throw invalid(span, 'is empty: a span is `text.slice(start, end)`, with start before end.');
  for (const position of [start, end]) {
    if (splitsCharacter(text, position)) throw invalid(span, `cuts through the character around position ${position}.`);
  }
}

/** Whether a cut here would part the two halves of a surrogate pair. */
export function splitsCharacter(text: string, position: number): boolean {
  const before = text.charCodeAt(position - 1);
  const after = text.charCodeAt(position);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}

function name({ start, end }: Span): string {
  return `${start}..${end}`;
}

function invalid(span: Span, problem: string): ReferentError {
  return new ReferentError('SPAN_INVALID', {
    what: `The span ${name(span)} ${problem}`,
    fix: 'Positions count UTF-16 units of the text as it was given, as in JavaScript; many other tools count bytes or code points.',
    details: { span },
  });
}
