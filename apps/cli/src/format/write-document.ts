import type { LinkedMention } from '@referent/core';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { documentToJson } from './json.js';
import { formatLinkedText } from './pretty.js';

export type OutputFormat = 'pretty' | 'json' | 'jsonl';

export interface WrittenDocument {
  readonly id: string;
  readonly text: string;
  readonly mentions: readonly LinkedMention[];
}

const widest = 110;

/** Writes one linked document to standard output. */
export async function writeDocument(
  { io, colors }: CommandContext,
  { id, text, mentions }: WrittenDocument,
  format: OutputFormat,
): Promise<void> {
  if (format === 'pretty') {
    await write(
      io.stdout,
      formatLinkedText(text, mentions, { colors, width: Math.min(io.stdout.columns ?? 100, widest) }),
    );
    return;
  }
  await write(io.stdout, `${JSON.stringify(documentToJson(id, mentions), null, format === 'json' ? 2 : undefined)}\n`);
}
