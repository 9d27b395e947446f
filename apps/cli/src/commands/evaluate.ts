import { resolve } from 'node:path';
import {
  type BenchmarkFormat,
  type BlinkFiguresCounter,
  createBlinkFigures,
  formatBlinkFigures,
} from '@referent/benchmark-formats';
import { openZeshelDocuments } from '@referent/benchmark-formats/node';
import {
  compareOutcomes,
  createEvaluation,
  type EvaluationReport,
  formatJson,
  formatTable,
} from '@referent/evaluation';
import { type LinkerOptions, withLinker } from '../assemble/linker.js';
import { type CommandContext, usageError } from '../command-context.js';
import { findGold, type GoldOptions, readTitles } from '../gold.js';
import { write } from '../io.js';
import { linkLabelled } from '../labelled-documents.js';
import { blinkResultOf, cutoffsFor, resultOf } from '../mention-result.js';
import { createProfile } from '../profile.js';
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
  readonly profile?: boolean;
  readonly format?: BenchmarkFormat | 'auto';
  readonly documents?: string;
  readonly labels?: 'ids' | 'titles';
  readonly testEntities?: string;
  readonly compat?: boolean;
}

const usualCandidates = 64;
/** BLINK's cross-encoder reads no more, whatever is asked for. */
const mostReranked = 100;

export async function evaluate(context: CommandContext, given: EvaluateOptions): Promise<number> {
  const { io, errorColors, logger, progress } = context;
  const options = given.compat ? asBlinkRuns(given) : given;
  const { candidates: topK = usualCandidates } = options;
  const blink = options.compat ? createBlinkFigures({ topK }) : undefined;
  const inputs: Input[] = [];
  for (const file of options.mentions) inputs.push(await openInput(file, io));
  // What can go wrong with the two folders does so before anything slow begins.
  const earlier = options.compare === undefined ? undefined : await readOutcomes(resolve(io.cwd, options.compare), io);
  const folder = options.report === undefined ? undefined : resolve(io.cwd, options.report);
  const writer = folder === undefined ? undefined : await createReportWriter(folder);
  const profile = options.profile ? createProfile() : undefined;
  const measured = { ...context, work: { ...context.work, onTiming: profile?.onTiming } };
  try {
    const report = await measure(measured, options, inputs, { earlier, writer, blink });
    progress.finish();
    if (profile) await write(io.stderr, profile.format(errorColors));
    if (blink) {
      const figures = blink.figures();
      await write(io.stdout, options.json ? `${JSON.stringify(figures, null, 2)}\n` : formatBlinkFigures(figures));
      return 0;
    }
    await writer?.finish(report);
    if (folder !== undefined) logger.info(`The report is in ${folder}`);
    await write(io.stdout, `${(options.json ? formatJson(report) : formatTable(report)).trimEnd()}\n`);
  } finally {
    await writer?.close();
  }
  return 0;
}

/** BLINK's protocol: the words as they stand, candidates of the bi-encoder alone, and all of them read again. */
function asBlinkRuns(options: EvaluateOptions): EvaluateOptions {
  if (options.report !== undefined || options.compare !== undefined) {
    throw usageError('--compat prints the figures of BLINK only.', 'Leave out --report and --compare.');
  }
  const { candidates = usualCandidates } = options;
  return {
    ...options,
    sources: ['dense'],
    usualRerank: Math.min(candidates, mostReranked),
    spellsOutAbbreviations: false,
  };
}

async function measure(
  context: CommandContext,
  options: EvaluateOptions,
  inputs: readonly Input[],
  {
    earlier,
    writer,
    blink,
  }: {
    earlier: readonly OutcomeLine[] | undefined;
    writer: ReportWriter | undefined;
    blink: BlinkFiguresCounter | undefined;
  },
): Promise<EvaluationReport> {
  const gold = await goldOptionsOf(context, options);
  const cutoffs = cutoffsFor(options.candidates ?? usualCandidates);
  const evaluation = createEvaluation({ cutoffs, keepOutcomes: true });
  await withLinker(context, options, async (pipeline, knowledgeBase) => {
    const { counts } = await knowledgeBase.info();
    if (counts.worlds === 0)
      context.logger.info('This knowledge base has no worlds: all entities are candidates of every mention.');
    const hasWorlds = counts.worlds > 0;
    const mentions = findGold(readAll(context, inputs, options), knowledgeBase, gold);
    let count = 0;
    for await (const { labelled, linked } of linkLabelled(pipeline, mentions, hasWorlds, context.work)) {
      if (earlier) assertSameMention(earlier[count], labelled, count);
      count++;
      blink?.add(blinkResultOf(labelled, linked, hasWorlds));
      const judged = evaluation.add(resultOf(labelled, linked));
      await writer?.add(outcomeLine(labelled, judged, linked.probability));
    }
    if (earlier) assertSameCount(earlier, count);
  });
  const report = evaluation.report();
  if (!earlier || report.all.total === 0) return report;
  return { ...report, comparison: compareOutcomes(ranksOf(earlier), evaluation.outcomes(), { cutoffs }) };
}

async function goldOptionsOf(
  { io }: CommandContext,
  { labels, testEntities, compat }: EvaluateOptions,
): Promise<GoldOptions> {
  const titlesOf = testEntities === undefined ? undefined : await readTitles(await openInput(testEntities, io));
  return { labels, titlesOf, compat };
}

async function* readAll(
  { io }: CommandContext,
  inputs: readonly Input[],
  { format, documents: folder, limit = Number.POSITIVE_INFINITY }: EvaluateOptions,
): AsyncGenerator<LabelledMention> {
  const documents = folder === undefined ? undefined : openZeshelDocuments(resolve(io.cwd, folder));
  try {
    let count = 0;
    for (const input of inputs) {
      for await (const mention of readMentions(input, { format, documents })) {
        yield mention;
        if (++count >= limit) return;
      }
    }
  } finally {
    await documents?.close();
  }
}
