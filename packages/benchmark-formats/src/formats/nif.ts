import { ReferentError } from '@referent/core';
import type { LabelledMention } from '../labelled-mention.js';
import type { TextLine } from '../text-lines.js';
import { codePointOffsets } from './code-points.js';
import type { NifGraph, NifResource } from './nif-graph.js';

/**
 * NIF 2.0 in Turtle, as GERBIL exchanges benchmarks: texts (nif:isString), mentions in them (nif:beginIndex,
 * nif:endIndex) and what they refer to (itsrdf:taIdentRef). Documents come in the order of the file, mentions in that of
 * the text. Labels are the address and its last part, so that a knowledge base with QIDs or titles as ids is found too.
 * @throws `MENTIONS_INVALID_LINE`, `MENTIONS_UNKNOWN_DOCUMENT`, `MENTIONS_SPAN_OUTSIDE_TEXT`, `MENTIONS_TEXT_MISMATCH`
 */
export async function* readNif(file: string, lines: AsyncIterable<TextLine>): AsyncGenerator<LabelledMention> {
  const graph = await parse(file, lines);
  const mentionsOf = new Map<string, (NifResource & { readonly address: string })[]>();
  for (const [address, resource] of graph) {
    if (resource.isString !== undefined) mentionsOf.set(address, mentionsOf.get(address) ?? []);
    // A phrase without an index is a word or sentence of another annotation layer.
    if (resource.references === undefined || resource.context === undefined) continue;
    const list = mentionsOf.get(resource.context) ?? [];
    list.push({ ...resource, address });
    mentionsOf.set(resource.context, list);
  }
  for (const [context, mentions] of mentionsOf) {
    const text = graph.get(context)?.isString;
    if (text === undefined) throw unknownContext(file, context, mentions[0]!.address);
    const placed = mentions.map((mention) => ({ mention, span: locate(file, text, mention) }));
    placed.sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1]);
    for (const { mention, span } of placed) yield toMention(mention, text, span);
  }
}

function toMention(
  { address, references = [] }: NifResource & { readonly address: string },
  text: string,
  [start, end]: readonly [number, number],
): LabelledMention {
  const known = references.filter((reference) => !isNotInWiki(reference));
  const titles = known.flatMap(titleOf);
  return {
    id: address,
    mention: { contextLeft: text.slice(0, start), surface: text.slice(start, end), contextRight: text.slice(end) },
    labels: [...new Set(known.flatMap((reference) => [reference, lastPart(reference), ...titleOf(reference)]))],
    ...(titles.length > 0 && { titles }),
  };
}

/** NIF counts characters; Java tools count UTF-16 units, Python tools code points. The anchor tells which. */
function locate(file: string, text: string, { address, begin, end, anchor }: NifResource & { address: string }) {
  const [from, to] = [Number(begin), Number(end)];
  if (begin === undefined || end === undefined || !Number.isInteger(from) || !Number.isInteger(to)) {
    throw nifError('MENTIONS_INVALID_LINE', file, address, 'has no whole nif:beginIndex and nif:endIndex');
  }
  const toUtf16 = codePointOffsets(text);
  const readings = [
    [from, to],
    [toUtf16(from) ?? -1, toUtf16(to) ?? -1],
  ] as const;
  const valid = readings.filter(([first, last]) => first >= 0 && first < last && last <= text.length);
  if (valid.length === 0) {
    throw nifError('MENTIONS_SPAN_OUTSIDE_TEXT', file, address, `lies at ${from}..${to}, outside its text`);
  }
  const fitting = valid.find(([first, last]) => anchor === undefined || text.slice(first, last) === anchor);
  if (fitting) return fitting;
  const found = text.slice(...valid[0]!);
  throw nifError(
    'MENTIONS_TEXT_MISMATCH',
    file,
    address,
    `lies at ${from}..${to}, where "${found}" is, not "${anchor}"`,
  );
}

async function parse(file: string, lines: AsyncIterable<TextLine>): Promise<NifGraph> {
  // The parser takes longer to load than all the rest, and only this format needs it.
  const { readNifGraph } = await import('./nif-graph.js');
  try {
    return await readNifGraph(lines);
  } catch (error) {
    const { message, context } = error as Error & { context?: { line?: number } };
    if (context === undefined) throw error; // not the parser's: the file could not be read
    const line = context.line ?? 0;
    throw new ReferentError('MENTIONS_INVALID_LINE', {
      what: `${file}, line ${line}: not Turtle: ${message.replace(/ on line \d+\.?$/, '')}.`,
      fix: 'NIF is read as Turtle or N-Triples.',
      details: { file, line },
      cause: error,
    });
  }
}

/** GERBIL's addresses for entities that no knowledge base has. */
function isNotInWiki(address: string): boolean {
  return (
    /^https?:\/\/(?:[\w.-]*\.)?aksw\.org\/(?:notInWiki|unknown)/i.test(address) ||
    /(?:\/|#)(?:NIL|null)$/i.test(address)
  );
}

function lastPart(address: string): string {
  return decoded(address.replace(/^.*[/#=]/, '')) || address;
}

/** "http://dbpedia.org/resource/Paris_(mythology)" is called "Paris (mythology)". */
function titleOf(address: string): string[] {
  const path = /^https?:\/\/[\w.-]*(?:dbpedia\.org\/(?:resource|page)|wikipedia\.org\/wiki)\/(.+)$/.exec(address)?.[1];
  return path === undefined ? [] : [decoded(path).replaceAll('_', ' ')];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function unknownContext(file: string, context: string, address: string): ReferentError {
  return new ReferentError('MENTIONS_UNKNOWN_DOCUMENT', {
    what: `${file}: the mention ${address} lies in ${context}, whose text is missing.`,
    fix: 'Every nif:referenceContext needs a nif:isString in the same file.',
    details: { file, mention: address, document: context },
  });
}

function nifError(
  code: 'MENTIONS_INVALID_LINE' | 'MENTIONS_SPAN_OUTSIDE_TEXT' | 'MENTIONS_TEXT_MISMATCH',
  file: string,
  address: string,
  problem: string,
): ReferentError {
  return new ReferentError(code, {
    what: `${file}: the mention ${address} ${problem}.`,
    fix: 'Correct nif:beginIndex and nif:endIndex: they count characters from 0, the end is exclusive.',
    details: { file, mention: address },
  });
}
