import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type LabelledMention, toBlinkZeshel, toPythonJson } from '@referent/benchmark-formats';
import { ReferentError } from '@referent/core';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { write } from '../io.js';
import { linesOf } from '../read-input.js';
import { formatAmount } from '../terminal.js';
import { openZeshelFolder, type ZeshelFolder, type ZeshelSplit, zeshelSplits } from '../zeshel-folder.js';

export interface ZeshelPrepareOptions extends CommonOptions {
  readonly compat?: boolean;
  readonly json?: boolean;
}

/** BLINK's script makes these three; they are needed. */
const blinkSplits: readonly ZeshelSplit[] = ['train', 'valid', 'test'];

/** Cuts Zeshel's mentions out of their documents: one JSONL file per split, in our form or in BLINK's. */
export async function zeshelPrepare(
  context: CommandContext,
  { compat = false, json = false }: ZeshelPrepareOptions,
  { raw, out }: { readonly raw: string; readonly out: string },
): Promise<number> {
  const { io, progress } = context;
  const zeshel = openZeshelFolder(raw, io);
  const folder = resolve(io.cwd, out);
  try {
    const splits = compat ? blinkSplits : await presentSplits(zeshel);
    const counts: Record<string, number> = {};
    for (const split of splits) {
      const lines = compat ? blinkLines(zeshel, split) : ourLines(zeshel, split);
      counts[split] = await writeSplit(context, { folder, split, lines });
    }
    progress.finish();
    const summary = Object.entries(counts).map(
      ([split, count]) => `${split}: ${formatAmount(count, 'mention', 'mentions')}`,
    );
    await write(io.stdout, json ? `${JSON.stringify({ folder, mentions: counts })}\n` : `${summary.join('\n')}\n`);
    return 0;
  } finally {
    await zeshel.close();
  }
}

/** The held-out training mentions are often left away. */
async function presentSplits(zeshel: ZeshelFolder): Promise<ZeshelSplit[]> {
  const present: ZeshelSplit[] = [];
  for (const split of Object.keys(zeshelSplits) as ZeshelSplit[]) {
    const isThere = await access(join(zeshel.path, 'mentions', zeshelSplits[split])).then(
      () => true,
      () => false,
    );
    if (isThere || blinkSplits.includes(split)) present.push(split);
  }
  return present;
}

async function* ourLines(zeshel: ZeshelFolder, split: ZeshelSplit): AsyncGenerator<string> {
  for await (const mention of zeshel.mentionsOf(split)) yield `${JSON.stringify(toLine(mention))}\n`;
}

function toLine({ id, mention, labels, overlap }: LabelledMention) {
  const { contextLeft, surface, contextRight, world } = mention;
  return {
    id,
    context_left: contextLeft,
    mention: surface,
    context_right: contextRight,
    label_id: labels[0],
    world,
    ...(overlap !== undefined && { overlap }),
  };
}

async function* blinkLines(zeshel: ZeshelFolder, split: ZeshelSplit): AsyncGenerator<string> {
  const input = await zeshel.openSplit(split);
  const records = toBlinkZeshel({ name: input.name, lines: linesOf(input) }, zeshel.documents);
  for await (const record of records) yield `${toPythonJson(record)}\n`;
}

/** A file appears under its name when it is whole. */
async function writeSplit(
  { io, work }: CommandContext,
  { folder, split, lines }: { folder: string; split: ZeshelSplit; lines: AsyncIterable<string> },
): Promise<number> {
  const path = join(folder, `${split}.jsonl`);
  const partial = `${path}.new`;
  let count = 0;
  async function* counted() {
    for await (const line of lines) {
      count++;
      if (count % 1000 === 0) work.onProgress?.({ step: `write ${split}`, done: count, unit: 'mentions' });
      yield line;
    }
  }
  try {
    await mkdir(folder, { recursive: true });
    await pipeline(Readable.from(counted()), createWriteStream(partial), { signal: io.signal });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // the first error tells more
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    throw new ReferentError('ZESHEL_NOT_WRITABLE', {
      what: `The mentions cannot be written to ${path}.`,
      why: `${(error as Error).message}.`,
      fix: 'Choose another folder.',
      details: { path },
      cause: error,
    });
  }
  return count;
}
