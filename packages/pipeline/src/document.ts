import {
  type LinkedMention,
  type Mention,
  type MentionDetector,
  type MentionInContext,
  mentionInContext,
  mentionsFromSpans,
  ReferentError,
  type Span,
  type WorkOptions,
} from '@referent/core';
import { type Abbreviations, definedAbbreviations, mayHaveAbbreviation, spellOut } from './abbreviations.js';

/** A text to be linked. Without `mentions` they are detected. */
export interface TextDocument {
  readonly id: string;
  readonly text: string;
  readonly mentions?: readonly Span[];
  /** Restricts the candidates of all its mentions. */
  readonly world?: string;
}

/** One mention that is cut out already; its positions are those in `contextLeft + surface + contextRight`. */
export interface CutDocument extends MentionInContext {
  readonly id: string;
}

export type Document = TextDocument | CutDocument;

/** Either the mentions or what went wrong. */
export type LinkedDocument =
  | { readonly id: string; readonly mentions: readonly LinkedMention[]; readonly error?: never }
  | { readonly id: string; readonly mentions?: never; readonly error: Error };

/** A mention and how to cut it out, when its turn comes. */
export interface Task {
  readonly mention: Mention;
  readonly cut: () => MentionInContext;
}

export interface Cutting {
  readonly detector: MentionDetector;
  /** Puts what abbreviations stand for in their place, where the text defines them. */
  readonly spellsOut: boolean;
}

/** @throws `DOCUMENT_INVALID`, `SPAN_INVALID`, `SPAN_OVERLAP`, and what the detector throws */
export async function tasksOf(
  document: Document,
  { detector, spellsOut }: Cutting,
  options: WorkOptions,
): Promise<Task[]> {
  if (typeof document !== 'object' || document === null) throw invalid(document);
  if (isCut(document)) return [cutTask(document, spellsOut)];
  const { text, mentions, world } = document;
  if (typeof text !== 'string') throw invalid(document.id);
  const found = mentions ? mentionsFromSpans(text, mentions) : await detector.detect(text, options);
  const spell = speller(spellsOut);
  return found.map((mention) => {
    const { start, end, surface } = mention;
    // The contexts stay behind: they may be long, and the result says only what is where.
    return { mention: { start, end, surface }, cut: () => spell(mentionInContext(text, mention, world)) };
  });
}

/** The mentions of one text share what it defines, which is looked for when one of them may be an abbreviation. */
function speller(spellsOut: boolean): (mention: MentionInContext) => MentionInContext {
  let defined: Abbreviations | undefined;
  return (mention) => {
    const { contextLeft, surface, contextRight } = mention;
    if (!spellsOut || !mayHaveAbbreviation(surface)) return mention;
    defined ??= definedAbbreviations(contextLeft + surface + contextRight);
    return spellOut(mention, defined);
  };
}

function invalid(id: unknown): ReferentError {
  return new ReferentError('DOCUMENT_INVALID', {
    what: `The document ${JSON.stringify(id ?? null)} has no text.`,
    fix: 'Give {id, text} or {id, contextLeft, surface, contextRight}, all of them strings.',
    details: { id },
  });
}

export function cutTask(mention: MentionInContext, spellsOut: boolean): Task {
  const { contextLeft, surface } = mention;
  const start = contextLeft.length;
  return { mention: { start, end: start + surface.length, surface }, cut: () => speller(spellsOut)(mention) };
}

/** What a document keeps in memory while it waits, in UTF-16 units. */
export function lengthOf(document: Document): number {
  const strings = isCut(document) ? [document.contextLeft, document.surface, document.contextRight] : [document.text];
  return strings.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

function isCut(document: Document): document is CutDocument {
  const { contextLeft, surface, contextRight } = document as Partial<CutDocument>;
  return [contextLeft, surface, contextRight].every((part) => typeof part === 'string');
}
