import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createBlinkFigures, formatBlinkFigures } from '@referent/benchmark-formats';
import { createEvaluation, formatJson, formatTable } from '@referent/evaluation';
import {
  buildKnowledgeBase,
  type EntitySource,
  type KnowledgeBase,
  openEntitySource,
  openKnowledgeBase,
} from '@referent/knowledge-base';
import { readingAsBlinkZeshel } from '../assemble/blink-zeshel-model.js';
import { cacheFolderOf } from '../assemble/cache.js';
import { indexProvider, openAnyIndex } from '../assemble/index-providers.js';
import { identityOf } from '../assemble/knowledge-base.js';
import { type ModelOptions, type OpenedModel, openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline, type PipelineChoices } from '../assemble/pipeline.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { linkLabelled } from '../labelled-documents.js';
import { blinkResultOf, cutoffsFor, resultOf } from '../mention-result.js';
import { createProblemPrinter } from '../problem-printer.js';
import { openZeshelFolder, type ZeshelFolder, type ZeshelSplit } from '../zeshel-folder.js';

export interface ZeshelEvaluateOptions extends ModelOptions, Pick<PipelineChoices, 'candidates' | 'rerank'> {
  readonly split?: ZeshelSplit;
  readonly compat?: boolean;
  readonly kb?: string;
  readonly limit?: number;
  readonly inBatch?: number;
  readonly json?: boolean;
}

/**
 * Zeshel's protocol: the candidates of a mention are all documents of its world, retrieved by the bi-encoder alone and
 * exactly, and all of them are read again where the model has a re-ranker.
 */
export async function zeshelEvaluate(
  context: CommandContext,
  options: ZeshelEvaluateOptions,
  raw: string,
): Promise<number> {
  const { io, progress, work } = context;
  const { split = 'test', compat = false, candidates = 64, rerank, limit } = options;
  const blink = compat ? createBlinkFigures({ topK: candidates }) : undefined;
  const evaluation = createEvaluation({ cutoffs: cutoffsFor(candidates), keepOutcomes: true });
  const zeshel = openZeshelFolder(raw, io);
  try {
    const worlds = await worldsOf(zeshel, split, limit); // also finds bad lines before anything slow begins
    const model = await openZeshelModel(context, options);
    try {
      const knowledgeBase = await openWorlds(context, options, { zeshel, worlds, model });
      try {
        const choices = {
          candidates,
          sources: ['dense'],
          usualRerank: candidates,
          ...(rerank !== undefined && { rerank }),
        };
        const pipeline = await assemblePipeline(model, knowledgeBase, choices);
        const mentions = zeshel.mentionsOf(split, { limit, compat });
        for await (const { labelled, linked } of linkLabelled(pipeline, mentions, true, work)) {
          evaluation.add(resultOf(labelled, linked));
          blink?.add(blinkResultOf(labelled, linked, true));
        }
      } finally {
        await knowledgeBase.close();
      }
    } finally {
      await model.close();
    }
  } finally {
    await zeshel.close();
  }
  progress.finish();
  const figures = blink?.figures();
  const report = figures
    ? options.json
      ? `${JSON.stringify(figures, null, 2)}\n`
      : formatBlinkFigures(figures)
    : options.json
      ? formatJson(evaluation.report())
      : formatTable(evaluation.report());
  await write(io.stdout, `${report.trimEnd()}\n`);
  return 0;
}

async function worldsOf(zeshel: ZeshelFolder, split: ZeshelSplit, limit: number | undefined): Promise<string[]> {
  const worlds = new Set<string>();
  for await (const { mention } of zeshel.mentionsOf(split, { limit })) worlds.add(mention.world!);
  return [...worlds].sort();
}

async function openZeshelModel(context: CommandContext, options: ZeshelEvaluateOptions): Promise<OpenedModel> {
  if (!options.compat) return openModelWithEngine(context, options);
  // Without a title, this layout is [CLS] text [SEP].
  return readingAsBlinkZeshel(await openModelWithEngine(context, { ...options, entityLayout: 'separated' }));
}

/** The knowledge base of these worlds and this model: kept, so that a second call has it, and a stopped build goes on. */
async function openWorlds(
  context: CommandContext,
  options: ZeshelEvaluateOptions,
  { zeshel, worlds, model }: { zeshel: ZeshelFolder; worlds: readonly string[]; model: OpenedModel },
): Promise<KnowledgeBase> {
  const sources: EntitySource[] = [];
  for (const world of worlds) sources.push(await openEntitySource(zeshel.documentsOf(world), { format: 'zeshel' }));
  const folder =
    options.kb === undefined
      ? join(cacheFolderOf(context, options), 'knowledge-bases', nameOf(sources, model))
      : resolve(context.io.cwd, options.kb);
  if (!existsSync(join(folder, 'manifest.json'))) {
    context.logger.info(`Building a knowledge base of ${worlds.length} worlds in ${folder} ...`);
    const printer = createProblemPrinter(context);
    await buildKnowledgeBase({
      folder,
      sources,
      encoder: model.entityEncoder,
      model: identityOf(model),
      index: indexProvider('exact'),
      onProblem: printer.printRecord,
      logger: context.logger,
      ...context.work,
    });
    context.progress.finish();
    printer.finish();
  }
  return openKnowledgeBase({ folder, openIndex: openAnyIndex(context.io), model: identityOf(model) });
}

function nameOf(sources: readonly EntitySource[], { hash }: OpenedModel): string {
  const identity = JSON.stringify([hash, ...sources.map((source) => source.identity)]);
  return `zeshel-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}
