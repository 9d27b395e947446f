import { resolve } from 'node:path';
import {
  compareOutcomes,
  createEvaluation,
  type EvaluationReport,
  formatJson,
  formatTable,
} from '@referent/evaluation';
import { type LinkerOptions, withLinker } from '../assemble/linker.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { labelledDocuments } from '../labelled-documents.js';
import { cutoffsFor, resultOf } from '../mention-result.js';
import { type Input, openInput } from '../read-input.js';
import { type LabelledMention, readMentions } from '../read-mentions.js';
import {
  assertSameCount,
  assertSameMention,
  createReportWriter,
  type OutcomeLine,
  outcomeLine,
  type ReportWriter,
  ranksOf,
  readOutcomes,
} from '../report-folder.js';

export interface EvaluateOptions extends LinkerOptions {
  readonly mentions: readonly string[];
  readonly limit?: number;
  readonly report?: string;
  readonly compare?: string;
  readonly json?: boolean;
}

export async function evaluate(context: CommandContext, options: EvaluateOptions): Promise<number> {
  const { io, logger, progress } = context;
  const inputs: Input[] = [];
  for (const file of options.mentions) inputs.push(await openInput(file, io));
  // What can go wrong with the two folders does so before anything slow begins.
  const earlier = options.compare === undefined ? undefined : await readOutcomes(resolve(io.cwd, options.compare), io);
  const folder = options.report === undefined ? undefined : resolve(io.cwd, options.report);
  const writer = folder === undefined ? undefined : await createReportWriter(folder);
  try {
    const report = await measure(context, options, inputs, { earlier, writer });
    progress.finish();
    await writer?.finish(report);
    if (folder !== undefined) logger.info(`The report is in ${folder}`);
    await write(io.stdout, `${(options.json ? formatJson(report) : formatTable(report)).trimEnd()}\n`);
  } finally {
    await writer?.close();
  }
  return 0;
}

async function measure(
  context: CommandContext,
  options: EvaluateOptions,
  inputs: readonly Input[],
  { earlier, writer }: { earlier: readonly OutcomeLine[] | undefined; writer: ReportWriter | undefined },
): Promise<EvaluationReport> {
  const cutoffs = cutoffsFor(options.candidates ?? 64);
  const evaluation = createEvaluation({ cutoffs, keepOutcomes: true });
  await withLinker(context, options, async (pipeline, knowledgeBase) => {
    const { counts } = await knowledgeBase.info();
    if (counts.worlds === 0)
      context.logger.info('This knowledge base has no worlds: all entities are candidates of every mention.');
    const waiting = new Map<string, LabelledMention>();
    const documents = labelledDocuments(readAll(inputs, options.limit), waiting, counts.worlds > 0);
    let count = 0;
    for await (const { id, mentions, error } of pipeline.linkDocuments(documents, context.work)) {
      if (error) throw error;
      const labelled = waiting.get(id)!;
      waiting.delete(id);
      if (earlier) assertSameMention(earlier[count], labelled, count);
      count++;
      const linked = mentions[0]!;
      const judged = evaluation.add(resultOf(labelled, linked));
      await writer?.add(outcomeLine(labelled, judged, linked.probability));
    }
    if (earlier) assertSameCount(earlier, count);
  });
  const report = evaluation.report();
  if (!earlier || report.all.total === 0) return report;
  return { ...report, comparison: compareOutcomes(ranksOf(earlier), evaluation.outcomes(), { cutoffs }) };
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
