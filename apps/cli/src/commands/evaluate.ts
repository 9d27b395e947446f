import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LinkedMention } from '@referent/core';
import { createEvaluation, formatJson, formatMarkdown, formatTable } from '@referent/evaluation';
import type { CutDocument } from '@referent/pipeline';
import { type KnowledgeBaseOptions, openChosenKnowledgeBase } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline, type PipelineChoices } from '../assemble/pipeline.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { type LabelledMention, readMentions } from '../read-mentions.js';

export interface EvaluateOptions extends ModelOptions, KnowledgeBaseOptions, PipelineChoices {
  readonly mentions: readonly string[];
  readonly limit?: number;
  readonly report?: string;
  readonly json?: boolean;
}

export async function evaluate(context: CommandContext, options: EvaluateOptions): Promise<number> {
  const { io, logger, work, progress } = context;
  const model = await openModelWithEngine(context, options);
  const knowledgeBase = await openChosenKnowledgeBase(context, options, model);
  const evaluation = createEvaluation({ keepOutcomes: true });
  try {
    const pipeline = await assemblePipeline(model, knowledgeBase, options);
    const { counts } = await knowledgeBase.info();
    if (counts.worlds === 0)
      logger.info('This knowledge base has no worlds: all entities are candidates of every mention.');
    const waiting = new Map<string, LabelledMention>();
    const documents = numbered(readAll(options, context), waiting, counts.worlds > 0);
    for await (const { id, mentions, error } of pipeline.linkDocuments(documents, work)) {
      if (error) throw error;
      evaluation.add(resultOf(waiting.get(id)!, mentions[0]!));
      waiting.delete(id);
    }
  } finally {
    await knowledgeBase.close();
    await model.close();
  }
  progress.finish();
  const report = evaluation.report();
  if (options.report !== undefined) {
    const folder = resolve(io.cwd, options.report);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'report.json'), formatJson(report));
    await writeFile(join(folder, 'report.md'), formatMarkdown(report));
    logger.info(`The report is in ${folder}`);
  }
  await write(io.stdout, `${(options.json ? formatJson(report) : formatTable(report)).trimEnd()}\n`);
  return 0;
}

async function* readAll(
  { mentions, limit = Number.POSITIVE_INFINITY }: EvaluateOptions,
  { io }: CommandContext,
): AsyncGenerator<LabelledMention> {
  let count = 0;
  for (const file of mentions) {
    for await (const mention of readMentions(file, io)) {
      if (count++ >= limit) return;
      yield mention;
    }
  }
}

/** Mentions wait under their number for their answer: ids in files need not be unique. */
async function* numbered(
  mentions: AsyncIterable<LabelledMention>,
  waiting: Map<string, LabelledMention>,
  hasWorlds: boolean,
): AsyncGenerator<CutDocument> {
  let number = 0;
  for await (const labelled of mentions) {
    const id = String(number++);
    waiting.set(id, labelled);
    const { world, ...mention } = labelled.mention;
    yield { id, ...mention, ...(hasWorlds && world !== undefined && { world }) };
  }
}

function resultOf({ labels, mention, overlap }: LabelledMention, { candidates, entity }: LinkedMention) {
  const ids = (list: LinkedMention['candidates']) => list.map((candidate) => candidate.entity.id);
  return {
    gold: labels,
    retrieved: ids([...candidates].sort((a, b) => b.retrievalScore - a.retrievalScore)),
    ranked: ids(candidates),
    decided: entity?.id ?? null,
    world: mention.world,
    overlap,
  };
}
