import { isReferentError, ReferentError } from '@referent/core';
import type { Document } from '@referent/pipeline';
import { type LinkerOptions, withLinker } from '../assemble/linker.js';
import { type CommandContext, usageError } from '../command-context.js';
import {
  candidatesShown,
  createDocumentWriter,
  isForPeople,
  type OutputFormat,
  originOf,
} from '../format/document-writer.js';
import { write } from '../io.js';
import { createProblemPrinter } from '../problem-printer.js';
import { createProfile } from '../profile.js';
import { type InputFormat, type LineProblem, readDocuments } from '../read-documents.js';
import { openInput } from '../read-input.js';
import { formatAmount } from '../terminal.js';

export interface LinkOptions extends LinkerOptions {
  readonly input?: string;
  readonly inputFormat: InputFormat;
  readonly format: OutputFormat;
  readonly keep?: number;
  readonly json?: boolean;
  readonly profile?: boolean;
}

type ReadInput = (onProblem: (problem: LineProblem) => void) => AsyncIterable<Document>;

export async function link(context: CommandContext, options: LinkOptions, words: readonly string[]): Promise<number> {
  const readInput = await chooseInput(context, options, words);
  const format = options.json ? 'json' : options.format;
  if (format === 'html' && context.io.stdout.isTTY)
    throw usageError('HTML is for a browser, not for a terminal.', 'Send it to a file: add > linked.html');
  // A person reads the best ones; a program may want them all.
  const keep = options.keep ?? candidatesShown[format];
  const printer = createProblemPrinter(context);
  const profile = options.profile ? createProfile() : undefined;
  const work = { ...context.work, keep, onTiming: profile?.onTiming };
  let failed = 0;

  await withLinker(context, options, async (pipeline, _, model) => {
    const texts: string[] = [];
    const documents = readInput((problem) => {
      failed++;
      printer.printRecord(problem);
    });
    const writer = createDocumentWriter(context, format, originOf(options, model));
    try {
      const read = isForPeople(format) ? rememberTexts(documents, texts) : documents;
      for await (const { id, mentions, error } of pipeline.linkDocuments(read, work)) {
        const text = texts.shift();
        if (error) {
          if (!isReferentError(error)) throw error;
          failed++;
          printer.print(error.code, `${id}: ${error.message}`);
          continue;
        }
        await writer.write({ id, text, mentions });
      }
    } finally {
      await writer.end();
    }
  });

  context.progress.finish();
  if (profile) await write(context.io.stderr, profile.format(context.errorColors));
  printer.finish();
  if (failed > 0) {
    throw new ReferentError('LINK_INCOMPLETE', {
      what: `${formatAmount(failed, 'input', 'inputs')} could not be linked; all others were.`,
      details: { failed },
    });
  }
  return 0;
}

async function chooseInput(
  { io }: CommandContext,
  { input, inputFormat }: LinkOptions,
  words: readonly string[],
): Promise<ReadInput> {
  if (words.length > 0) {
    if (input !== undefined) throw usageError('Give a text or --input, not both.');
    return async function* () {
      yield { id: '1', text: words.join(' ') };
    };
  }
  if (input === undefined && io.stdin.isTTY) {
    throw usageError(
      'There is nothing to link.',
      'Give a text: referent link "Paris carried off Helen." — or --input FILE.',
    );
  }
  const opened = await openInput(input ?? '-', io);
  return (onProblem) => readDocuments(opened, inputFormat, onProblem);
}

/** The texts are needed again where a person reads them. Results come in the order of the documents; ids may repeat. */
async function* rememberTexts(documents: AsyncIterable<Document>, texts: string[]): AsyncGenerator<Document> {
  for await (const document of documents) {
    texts.push('text' in document ? document.text : document.contextLeft + document.surface + document.contextRight);
    yield document;
  }
}
