import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type LinkedMention, ReferentError } from '@referent/core';
import { createEvaluation, formatJson, formatMarkdown, formatTable } from '@referent/evaluation';
import { type LinkerOptions, withLinker } from '../assemble/linker.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { labelledDocuments } from '../labelled-documents.js';
import { type Input, openInput } from '../read-input.js';
import { type LabelledMention, readMentions } from '../read-mentions.js';

export interface EvaluateOptions extends LinkerOptions {
  readonly mentions: readonly string[];
  readonly limit?: number;
  readonly report?: string;
  readonly json?: boolean;
}

export async function evaluate(context: CommandContext, options: EvaluateOptions): Promise<number> {
  const { io, logger, progress, work } = context;
  const inputs: Input[] = [];
  for (const file of options.mentions) inputs.push(await openInput(file, io));
  const folder = options.report === undefined ? undefined : resolve(io.cwd, options.report);
  if (folder !== undefined) await inReportFolder(folder, () => mkdir(folder, { recursive: true }));

  const evaluation = createEvaluation({ keepOutcomes: true });
  await withLinker(context, options, async (pipeline, knowledgeBase) => {
    const { counts } = await knowledgeBase.info();
    if (counts.worlds === 0)
      logger.info('This knowledge base has no worlds: all entities are candidates of every mention.');
    const waiting = new Map<string, LabelledMention>();
    const documents = labelledDocuments(readAll(inputs, options.limit), waiting, counts.worlds > 0);
    for await (const { id, mentions, error } of pipeline.linkDocuments(documents, work)) {
      if (error) throw error;
      evaluation.add(resultOf(waiting.get(id)!, mentions[0]!));
      waiting.delete(id);
    }
  });
  progress.finish();

  const report = evaluation.report();
  if (folder !== undefined) {
    await inReportFolder(folder, async () => {
      await writeFile(join(folder, 'report.json'), formatJson(report));
      await writeFile(join(folder, 'report.md'), formatMarkdown(report));
    });
    logger.info(`The report is in ${folder}`);
  }
  await write(io.stdout, `${(options.json ? formatJson(report) : formatTable(report)).trimEnd()}\n`);
  return 0;
}

async function inReportFolder(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new ReferentError('REPORT_NOT_WRITABLE', {
      what: `The report cannot be written to ${folder}.`,
      why: `${(error as Error).message}.`,
      fix: 'Choose another folder for --report.',
      details: { folder },
      cause: error,
    });
  }
}

async function* readAll(inputs: readonly Input[], limit = Number.POSITIVE_INFINITY): AsyncGenerator<LabelledMention> {
  let count = 0;
  for (const input of inputs) {
    for await (const mention of readMentions(input)) {
      yield mention;
      if (++count >= limit) return;
    }
  }
}

function resultOf(
  { labels, mention, overlap, candidates: restrictTo }: LabelledMention,
  { candidates, entity }: LinkedMention,
) {
  const ids = (list: LinkedMention['candidates']) => list.map((candidate) => candidate.entity.id);
  return {
    gold: labels,
    retrieved: ids([...candidates].sort((a, b) => b.retrievalScore - a.retrievalScore)),
    ranked: ids(candidates),
    decided: entity?.id ?? null,
    world: mention.world,
    overlap,
    restrictTo,
  };
}
