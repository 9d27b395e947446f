import { basename, resolve } from 'node:path';
import type { LinkedMention } from '@referent/core';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { widthOf } from '../terminal.js';
import { version } from '../version.js';
import { createHtmlPage } from './html/page.js';
import { mentionToJson } from './json.js';
import { formatLinkedText } from './pretty.js';

export type OutputFormat = 'pretty' | 'json' | 'jsonl' | 'html';

/** Formats for people: they show the text as well, and few candidates. */
export const isForPeople = (format: OutputFormat) => format === 'pretty' || format === 'html';

/** Candidates per mention: a person reads the best, a program may want them all. */
export const candidatesShown = { pretty: 1, html: 8, json: undefined, jsonl: undefined } as const;

export interface WrittenDocument {
  readonly id: string;
  /** Read by people only. */
  readonly text?: string | undefined;
  readonly mentions: readonly LinkedMention[];
}

export interface DocumentWriter {
  write(document: WrittenDocument): Promise<void>;
  /** Ends what was begun: JSON is whole even where the work was stopped. */
  end(): Promise<void>;
}

const widest = 110;

/** What linked: for formats that say so. */
export interface Origin {
  readonly knowledgeBase: string;
  readonly model: string;
}

/** Names, not paths: a page is shared. */
export function originOf({ kb }: { readonly kb?: string }, { name }: { readonly name: string }): Origin {
  return { knowledgeBase: kb === undefined ? "WordNet's named entities" : basename(resolve(kb)), model: name };
}

/** Writes linked documents to standard output, one after the other: as text, as a line each, as one JSON list or one page. */
export function createDocumentWriter(context: CommandContext, format: OutputFormat, origin: Origin): DocumentWriter {
  const { io, colors, progress } = context;
  let written = 0;
  const page = createHtmlPage({ ...origin, version });
  const put = async (text: string) => {
    // Bar and results share a screen.
    if (io.stdout.isTTY) progress.clear();
    await write(io.stdout, text);
  };
  return {
    async write({ id, text = '', mentions }) {
      const isFirst = written++ === 0;
      if (format === 'pretty') {
        const width = Math.min(widthOf(io.stdout, 100), widest);
        await put(`${isFirst ? '' : '\n'}${formatLinkedText(text, mentions, { colors, width })}`);
        return;
      }
      if (format === 'html') {
        for (const piece of pieces(page.document({ id, text, mentions }))) await put(piece);
        return;
      }
      if (format === 'json') await put(isFirst ? '[\n' : ',\n');
      for (const piece of pieces(format === 'json' ? indented(id, mentions) : line(id, mentions))) await put(piece);
    },
    async end() {
      if (format === 'json') await put(written === 0 ? '[]\n' : '\n]\n');
      if (format === 'html') for (const piece of pieces(page.end())) await put(piece);
    },
  };
}

// The mentions of a long text, with all their candidates, are more than a string can hold.
function* line(id: string, mentions: readonly LinkedMention[]): Generator<string> {
  yield `{"id":${JSON.stringify(id)},"mentions":[`;
  for (const [i, mention] of mentions.entries()) yield (i > 0 ? ',' : '') + JSON.stringify(mentionToJson(mention));
  yield ']}\n';
}

function* indented(id: string, mentions: readonly LinkedMention[]): Generator<string> {
  yield `  {\n    "id": ${JSON.stringify(id)},\n    "mentions": [`;
  for (const [i, mention] of mentions.entries()) {
    yield `${i > 0 ? ',' : ''}\n${JSON.stringify(mentionToJson(mention), null, 2).replace(/^/gm, '      ')}`;
  }
  yield mentions.length > 0 ? '\n    ]\n  }' : ']\n  }';
}

const pieceLength = 64 * 1024;

/** Fewer, larger writes. */
function* pieces(parts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
