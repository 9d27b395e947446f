import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LinkedMention } from '@referent/core';
import type { LinkingSettings, ModelManifest } from '@referent/model';
import { fitLinking } from '@referent/pipeline';
import { openChosenKnowledgeBase } from '../assemble/knowledge-base.js';
import { type ModelOptions, type OpenedModel, openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline } from '../assemble/pipeline.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { linkLabelled } from '../labelled-documents.js';
import { openInput } from '../read-input.js';
import { type LabelledMention, readMentions } from '../read-mentions.js';

export interface CalibrateOptions extends ModelOptions {
  readonly model: string;
  readonly sets: readonly string[];
  readonly nilShare: number;
  readonly rerank?: number | 'off';
  readonly sources: readonly string[];
  /** Only the probabilities are fitted, and how the re-ranker is mixed in: the weights of the first stage stay. */
  readonly keepWeights?: boolean;
  readonly dryRun?: boolean;
}

/** Chooses how a model's evidence becomes one score and a probability, and stores it in the model's folder. */
export async function calibrate(context: CommandContext, options: CalibrateOptions): Promise<number> {
  const { io, logger, progress } = context;
  const folder = resolve(io.cwd, options.model);
  const file = join(folder, 'referent-model.json');
  if (!existsSync(file)) {
    throw usageError(`There is no ${file}.`, 'Give a model folder that `referent train` or `referent import` made.');
  }
  const sets = options.sets.map(parseSet);
  // By its path: a folder may bear the name of the default model, which is another one.
  const model = await openModelWithEngine(context, { ...options, model: folder });
  const examples: Example[] = [];
  try {
    for (const set of sets) {
      const own = await examplesOf(context, options, model, set);
      progress.finish();
      const found = own.filter(({ candidates }) => candidates.some(({ right }) => right)).length;
      logger.info(`${set.mentions}: ${own.length} mentions, ${found} with their entity among the candidates`);
      for (const example of own) examples.push(example);
    }
  } finally {
    await model.close();
  }
  const linking = rounded(chooseLinking(model, examples, options));
  await write(io.stdout, `${JSON.stringify(linking, null, 2)}\n`);
  if (options.dryRun) return 0;
  const manifest = JSON.parse(await readFile(file, 'utf8')) as ModelManifest;
  await writeFile(`${file}.new`, `${JSON.stringify({ ...manifest, linking }, null, 2)}\n`);
  await rename(`${file}.new`, file);
  logger.info(`Written to ${file}`);
  return 0;
}

function chooseLinking(
  { linking, mentionEncoders }: OpenedModel,
  examples: readonly Example[],
  { keepWeights = false, nilShare, sources }: CalibrateOptions,
): LinkingSettings {
  if (keepWeights) {
    const scored = examples.map(({ weight, candidates }) => ({
      weight,
      candidates: candidates.map(({ score, rerankScore, right }) => ({
        scores: { score },
        ...(rerankScore !== undefined && { rerankScore }),
        right,
      })),
    }));
    const { decision, rerank } = fitLinking({ examples: scored, scores: ['score'], nilShare });
    return { ...linking, decision: { ...linking.decision, ...decision }, ...(rerank && { rerank }) };
  }
  const hasNames = sources.includes('names');
  const isScored = (name: string) => name === 'dense' || sources.includes(name);
  const scores = [
    ...['dense', 'names', 'lexical'].filter(isScored),
    ...(mentionEncoders.topic && hasNames ? ['topic'] : []),
  ];
  const bearers = hasNames ? { having: 'names' } : {};
  const { fusion, decision, rerank } = fitLinking({ examples, scores, ...bearers, nilShare, begin: linking });
  return { ...linking, fusion, decision: { ...linking.decision, ...decision }, ...(rerank && { rerank }) };
}

interface UnweightedExample {
  readonly surface: string;
  readonly candidates: readonly {
    readonly scores: Readonly<Record<string, number>>;
    /** The fused one, by the weights that the model has now. */
    readonly score: number;
    readonly rerankScore?: number;
    readonly right: boolean;
  }[];
}

interface Example extends UnweightedExample {
  readonly weight: number;
}

interface DevelopmentSet {
  readonly kb: string;
  readonly mentions: string;
}

function parseSet(text: string): DevelopmentSet {
  const place = text.indexOf('=');
  if (place <= 0 || place === text.length - 1) {
    throw usageError(`--sets ${text}: each is KB=MENTIONS.`, 'For example --sets terms.kb=dev.jsonl');
  }
  return { kb: text.slice(0, place), mentions: text.slice(place + 1) };
}

/** The mentions of each world count as one together, whatever their number. */
async function examplesOf(
  context: CommandContext,
  options: CalibrateOptions,
  model: OpenedModel,
  { kb, mentions }: DevelopmentSet,
): Promise<Example[]> {
  const knowledgeBase = await openChosenKnowledgeBase(context, { ...options, kb }, model);
  try {
    const hasWorlds = (await knowledgeBase.info()).counts.worlds > 0;
    const pipeline = await assemblePipeline(model, knowledgeBase, {
      detector: 'marked',
      sources: options.sources,
      ...(options.rerank !== undefined && { rerank: options.rerank }),
    });
    const byWorld = new Map<string, UnweightedExample[]>();
    const labelledMentions = readMentions(await openInput(mentions, context.io));
    for await (const { labelled, linked } of linkLabelled(pipeline, labelledMentions, hasWorlds, context.work)) {
      const world = labelled.mention.world ?? '';
      const own = byWorld.get(world);
      if (own) own.push(exampleOf(labelled, linked));
      else byWorld.set(world, [exampleOf(labelled, linked)]);
    }
    const total = [...byWorld.values()].reduce((sum, own) => sum + own.length, 0);
    // A hundred worlds of one mention each are one set, not a hundred.
    const worlds = [...byWorld.values()].filter((own) => own.length >= total / 20);
    return worlds.length > 1
      ? worlds.flatMap((own) => own.map((example) => ({ ...example, weight: 1 / own.length })))
      : [...byWorld.values()].flat().map((example) => ({ ...example, weight: 1 / total }));
  } finally {
    await knowledgeBase.close();
  }
}

function exampleOf(
  { mention, labels, candidates: allowed }: LabelledMention,
  { candidates }: LinkedMention,
): UnweightedExample {
  return {
    surface: mention.surface,
    candidates: candidates
      .filter(({ entity }) => !allowed || allowed.includes(entity.id))
      .map(({ entity, scores, retrievalScore, rerankScore }) => ({
        scores,
        score: retrievalScore,
        ...(rerankScore !== undefined && { rerankScore }),
        right: labels.includes(entity.id),
      })),
  };
}

/** Four digits are more than development data can tell. */
function rounded<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, it: unknown) => (typeof it === 'number' ? Number(it.toPrecision(4)) : it)),
  ) as T;
}
