import { isReferentError } from '@referent/core';
import type { Document } from '@referent/pipeline';
import { type KnowledgeBaseOptions, openChosenKnowledgeBase } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline, type PipelineChoices } from '../assemble/pipeline.js';
import { type CommandContext, usageError } from '../command-context.js';
import { documentToJson } from '../format/json.js';
import { type OutputFormat, writeDocument } from '../format/write-document.js';
import { write } from '../io.js';
import { type InputFormat, readDocuments } from '../read-documents.js';
import { formatDuration } from '../terminal.js';

export interface LinkOptions extends ModelOptions, KnowledgeBaseOptions, PipelineChoices {
  readonly input?: string;
  readonly inputFormat: InputFormat;
  readonly format: OutputFormat;
  readonly json?: boolean;
  readonly profile?: boolean;
}

export async function link(context: CommandContext, options: LinkOptions, words: readonly string[]): Promise<number> {
  const documents = chooseInput(context, options, words);
  const format = options.json ? 'json' : options.format;
  const times = new Map<string, number>();
  const onTiming = options.profile
    ? (stage: string, time: number) => times.set(stage, (times.get(stage) ?? 0) + time)
    : undefined;

  const model = await openModelWithEngine(context, options);
  const knowledgeBase = await openChosenKnowledgeBase(context, options, model);
  // A person reads the best one; a program may want them all.
  const keep = format === 'pretty' ? 1 : undefined;
  let failed = 0;
  let mentionCount = 0;
  try {
    const pipeline = await assemblePipeline(model, knowledgeBase, options);
    const texts = new Map<string, string>();
    const read = format === 'pretty' ? rememberTexts(documents(countFailure), texts) : documents(countFailure);
    const writer = createWriter(context, format, texts);
    for await (const { id, mentions, error } of pipeline.linkDocuments(read, { ...context.work, onTiming, keep })) {
      if (error) {
        if (!isReferentError(error)) throw error;
        countFailure(`${id}: ${error.message}`);
        continue;
      }
      mentionCount += mentions.length;
      context.progress.finish();
      await writer.write(id, mentions);
    }
    await writer.end();
  } finally {
    await knowledgeBase.close();
    await model.close();
  }
  if (options.profile) reportTimes(context, times, mentionCount);
  if (failed > 0) context.logger.warn(`${failed} inputs could not be linked.`);
  return failed > 0 ? 1 : 0;

  function countFailure(what: string): void {
    failed++;
    context.logger.warn(what);
  }
}

type ReadInput = (onProblem: (what: string) => void) => AsyncIterable<Document>;

function chooseInput({ io }: CommandContext, { input, inputFormat }: LinkOptions, words: readonly string[]): ReadInput {
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
  return (onProblem) => readDocuments(input ?? '-', inputFormat, io, onProblem);
}

/** The texts are needed again where a person reads them, and only until their document is written. */
async function* rememberTexts(
  documents: AsyncIterable<Document>,
  texts: Map<string, string>,
): AsyncGenerator<Document> {
  for await (const document of documents) {
    texts.set(
      document.id,
      'text' in document ? document.text : document.contextLeft + document.surface + document.contextRight,
    );
    yield document;
  }
}

type Mentions = Parameters<typeof documentToJson>[1];

function createWriter(context: CommandContext, format: OutputFormat, texts: Map<string, string>) {
  let written = 0;
  return {
    async write(id: string, mentions: Mentions): Promise<void> {
      if (format === 'pretty') {
        if (written > 0) await write(context.io.stdout, '\n');
        await writeDocument(context, { id, text: texts.get(id) ?? '', mentions }, 'pretty');
        texts.delete(id);
      } else if (format === 'jsonl') {
        await write(context.io.stdout, `${JSON.stringify(documentToJson(id, mentions))}\n`);
      } else {
        // One JSON array over all documents, written as it grows.
        const body = JSON.stringify(documentToJson(id, mentions), null, 2).replaceAll('\n', '\n  ');
        await write(context.io.stdout, `${written === 0 ? '[\n' : ',\n'}  ${body}`);
      }
      written++;
    },
    async end(): Promise<void> {
      if (format === 'json') await write(context.io.stdout, written === 0 ? '[]\n' : '\n]\n');
    },
  };
}

function reportTimes({ logger }: CommandContext, times: ReadonlyMap<string, number>, mentions: number): void {
  const each = (time: number) => (mentions > 0 ? ` (${(time / mentions).toFixed(2)} ms a mention)` : '');
  for (const [stage, time] of times)
    logger.info(`${stage.padEnd(16)} ${formatDuration(time).padStart(8)}${each(time)}`);
}
