import { ReferentError } from '@referent/core';
import type { BenchmarkFormat } from './benchmark-format.js';
import { formatOfRecord, looksLikeTurtle, unknownFormat } from './detect-format.js';
import type { Place } from './errors.js';
import { type LineRecord, parseObject } from './fields.js';
import { blinkExample, parseBlink } from './formats/blink.js';
import { blinkZeshelExample, parseBlinkZeshel } from './formats/blink-zeshel.js';
import { elevantExample, parseElevant } from './formats/elevant.js';
import { kiltExample, parseKilt } from './formats/kilt.js';
import { readNif } from './formats/nif.js';
import { parseReferent, referentExample } from './formats/referent.js';
import { parseZeshel } from './formats/zeshel.js';
import type { LabelledMention } from './labelled-mention.js';
import type { TextLine } from './text-lines.js';
import type { ZeshelDocuments } from './zeshel/documents.js';
import { zeshelExample } from './zeshel/window.js';

export interface BenchmarkInput {
  /** For messages: the file. */
  readonly name: string;
  /** `textLines` makes them of pieces of text. */
  readonly lines: AsyncIterable<TextLine>;
}

export interface ReadBenchmarkOptions {
  /** @default 'auto': by the first line */
  readonly format?: BenchmarkFormat | 'auto' | undefined;
  /** The documents of Zeshel's worlds: `zeshel` and `blink-zeshel` need them. */
  readonly documents?: ZeshelDocuments | undefined;
}

interface JsonFormat {
  readonly example: string;
  parse(
    record: LineRecord,
    documents: ZeshelDocuments | undefined,
  ): Iterable<LabelledMention> | AsyncIterable<LabelledMention>;
}

const jsonFormats: Readonly<Record<Exclude<BenchmarkFormat, 'nif'>, JsonFormat>> = {
  referent: { example: referentExample, parse: parseReferent },
  blink: { example: blinkExample, parse: parseBlink },
  kilt: { example: kiltExample, parse: parseKilt },
  elevant: { example: elevantExample, parse: parseElevant },
  zeshel: {
    example: zeshelExample,
    parse: (record, documents) => parseZeshel(record, needed(documents, record)),
  },
  'blink-zeshel': {
    example: blinkZeshelExample,
    parse: (record, documents) => parseBlinkZeshel(record, needed(documents, record)),
  },
};

/**
 * Reads mentions with known answers, one by one in bounded memory (NIF: the texts and annotations of the whole file).
 * The first line that cannot be read ends it: a line that is passed over would change the figures.
 * @throws `MENTIONS_INVALID_LINE` (file and line), `MENTIONS_UNKNOWN_FORMAT`, `MENTIONS_NO_DOCUMENTS`,
 * `MENTIONS_UNKNOWN_DOCUMENT`, `MENTIONS_UNKNOWN_LABEL`, `MENTIONS_SPAN_OUTSIDE_TEXT`, `MENTIONS_TEXT_MISMATCH`,
 * and those of the documents
 */
export async function* readBenchmark(
  { name, lines }: BenchmarkInput,
  { format: wanted = 'auto', documents }: ReadBenchmarkOptions = {},
): AsyncGenerator<LabelledMention> {
  const iterator = lines[Symbol.asyncIterator]();
  try {
    const first = await firstLine(iterator);
    if (!first) return;
    const rest = behind(first, iterator);
    if (wanted === 'nif' || (wanted === 'auto' && looksLikeTurtle(first.text))) {
      yield* readNif(name, rest);
      return;
    }
    const format = wanted === 'auto' ? formatOf(first, name) : wanted;
    const { example, parse } = jsonFormats[format];
    for await (const { number, text } of rest) {
      if (text.trim() === '') continue;
      const place: Place = { file: name, line: number };
      yield* parse({ ...place, fields: parseObject(text, place, example), example }, documents);
    }
  } finally {
    await iterator.return?.(); // closes the file, also where its first line ends it all
  }
}

function formatOf({ number, text }: TextLine, file: string): Exclude<BenchmarkFormat, 'nif'> {
  const place: Place = { file, line: number };
  if (text.trimStart().startsWith('['))
    throw unknownFormat(place, 'It is one JSON list; write one JSON object per line.');
  return formatOfRecord(parseObject(text, place, referentExample), place);
}

/** The first line with something on it. */
async function firstLine(iterator: AsyncIterator<TextLine>): Promise<TextLine | undefined> {
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return undefined;
    if (value.text.trim() !== '') return value;
  }
}

async function* behind(first: TextLine, iterator: AsyncIterator<TextLine>): AsyncGenerator<TextLine> {
  yield first;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return;
    yield value;
  }
}

function needed(documents: ZeshelDocuments | undefined, { file }: Place): ZeshelDocuments {
  if (documents) return documents;
  throw new ReferentError('MENTIONS_NO_DOCUMENTS', {
    what: `${file} needs the documents of its worlds.`,
    why: 'Its mentions and labels are places in the documents of the Zeshel distribution.',
    fix: 'Give the folder "documents" of the distribution.',
    details: { file },
  });
}
