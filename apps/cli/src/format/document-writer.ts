import type { LinkedMention } from '@referent/core';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { widthOf } from '../terminal.js';
import { mentionToJson } from './json.js';
import { formatLinkedText } from './pretty.js';

export type OutputFormat = 'pretty' | 'json' | 'jsonl';

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

/** Writes linked documents to standard output, one after the other: as text, as a line each, or as one JSON list. */
export function createDocumentWriter(context: CommandContext, format: OutputFormat): DocumentWriter {
  const { io, colors, progress } = context;
  let written = 0;
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
      if (format === 'json') await put(isFirst ? '[\n' : ',\n');
      for (const piece of pieces(format === 'json' ? indented(id, mentions) : line(id, mentions))) await put(piece);
    },
    async end() {
      if (format === 'json') await put(written === 0 ? '[]\n' : '\n]\n');
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
