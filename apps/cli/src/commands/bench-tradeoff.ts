import { resolve } from 'node:path';
import { isReferentError, ReferentError } from '@referent/core';
import type { KnowledgeBase, ManifestIndex } from '@referent/knowledge-base';
import type { Precision } from '@referent/tensor-ops';
import type { Quantization } from '../assemble/index-providers.js';
import { modelOf, openChosenKnowledgeBase } from '../assemble/knowledge-base.js';
import { type ModelOptions, type OpenedModel, openModelWithEngine } from '../assemble/model.js';
import { assemblePipeline } from '../assemble/pipeline.js';
import { measure } from '../bench/measure.js';
import { formatOf, formatsOf, requantize } from '../bench/requantize.js';
import { baseOf, nameOf, type Setting, type Sweep, settingsOf } from '../bench/settings.js';
import {
  inOutFolder,
  type TradeoffPoint,
  type TradeoffReport,
  tradeoffJson,
  tradeoffText,
  writeTradeoff,
} from '../bench/tradeoff-report.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { type Input, openInput } from '../read-input.js';
import { type LabelledMention, readMentions } from '../read-mentions.js';

export interface TradeoffOptions extends Omit<ModelOptions, 'precision'> {
  readonly kb: string;
  readonly mentions: readonly string[];
  readonly limit: number;
  readonly batch: number;
  readonly sources: readonly string[];
  readonly candidates?: Sweep['candidates'];
  readonly rerank?: Sweep['rerank'];
  readonly quantization?: readonly Quantization[];
  readonly precision?: Sweep['precision'];
  readonly full?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** Measures accuracy and time of many settings, and says which are worth their time. Stopped, it keeps what it has. */
export async function benchTradeoff(context: CommandContext, options: TradeoffOptions): Promise<number> {
  const { io, logger, progress } = context;
  const folder = options.out === undefined ? undefined : resolve(io.cwd, options.out);
  const mentions = await chosenMentions(context, options);
  if (folder !== undefined) await inOutFolder(folder, async () => {});
  const points: TradeoffPoint[] = [];
  let measuring: Measuring | undefined;
  const report = (complete: boolean): TradeoffReport => ({ complete, ...measuring!.facts, points });
  try {
    measuring = await prepare(context, options, mentions);
    const { settings } = measuring;
    for (const [i, setting] of settings.entries()) {
      const measured = await measuring.measure(setting, `${i + 1} of ${settings.length}: ${nameOf(setting)}`);
      if (measured) points.push({ ...setting, ...measured });
    }
  } catch (error) {
    progress.abandon();
    if (points.length === 0) throw error;
    if (folder !== undefined) await writeTradeoff(folder, report(false));
    const kept = `${points.length} of ${measuring!.settings.length} settings were measured`;
    await write(io.stdout, options.json ? tradeoffJson(report(false)) : tradeoffText(report(false)));
    if (!io.signal.aborted) throw error;
    throw new ReferentError('STOPPED', {
      what: `Stopped. ${kept}${folder === undefined ? '' : `; they are in ${folder}`}.`,
      cause: error,
    });
  } finally {
    await measuring?.close();
  }
  progress.finish();
  if (folder !== undefined) {
    await writeTradeoff(folder, report(true));
    logger.info(`Table, plot and raw figures are in ${folder}`);
  }
  await write(io.stdout, options.json ? tradeoffJson(report(true)) : tradeoffText(report(true)));
  return 0;
}

/** So many at most, spread evenly over the files: they are often sorted by world. */
async function chosenMentions({ io }: CommandContext, { mentions: files, limit }: TradeoffOptions) {
  const inputs: Input[] = [];
  for (const file of files) inputs.push(await openInput(file, io));
  const all: LabelledMention[] = [];
  for (const input of inputs) for await (const mention of readMentions(input)) all.push(mention);
  if (!all.some(({ labels }) => labels.length > 0)) {
    throw usageError('There is nothing to measure: no mention names an entity.', 'Give --mentions with "label_id".');
  }
  const count = Math.min(limit, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

interface Measuring {
  readonly settings: readonly Setting[];
  readonly facts: Omit<TradeoffReport, 'complete' | 'points'>;
  /** Undefined where the index cannot be had in this format: it is said, and left out. */
  measure(setting: Setting, step: string): Promise<Awaited<ReturnType<typeof measure>> | undefined>;
  close(): Promise<void>;
}

/** Opens model and knowledge base, finds what there is to sweep, and opens the rest when its turn comes. */
async function prepare(
  context: CommandContext,
  options: TradeoffOptions,
  mentions: readonly LabelledMention[],
): Promise<Measuring> {
  const { sources, batch, precision: _, ...common } = options;
  const modelName = await modelOf(context, options);
  const openModel = (precision: Precision | 'auto') =>
    openModelWithEngine(context, { ...common, model: modelName, precision });
  const first = await openModel('auto');
  const models = new Map<Precision, OpenedModel>([[first.engine.precision, first]]);
  let knowledgeBase: KnowledgeBase | undefined;
  let requantized: { readonly format: string; readonly index: KnowledgeBase['index'] | undefined } | undefined;

  const close = async () => {
    await requantized?.index?.close();
    await knowledgeBase?.close();
    for (const model of models.values()) await model.close();
  };
  try {
    const opened = await openChosenKnowledgeBase(context, options, first);
    knowledgeBase = opened;
    const { counts, manifest } = await opened.info();
    const built = formatOf(manifest.index);
    const sweep = sweepOf(options, first, manifest.index);
    const base = baseOf(sweep, { precision: first.engine.precision, quantization: built, candidates: 64, rerank: 16 });

    const modelFor = async (precision: Precision) => {
      const model = models.get(precision) ?? (await openModel(precision));
      models.set(precision, model);
      return model;
    };
    const indexFor = async (format: Setting['quantization']) => {
      if (format === built) return opened.index;
      if (requantized?.format === format) return requantized.index;
      await requantized?.index?.close();
      requantized = { format, index: undefined };
      try {
        requantized = { format, index: await requantize(opened, format, context.work) };
      } catch (error) {
        if (!isReferentError(error, 'INDEX_NOT_QUANTIZABLE')) throw error;
        context.logger.warn(`${format} is left out. ${error.message}`);
      }
      return requantized.index;
    };
    return {
      settings: settingsOf(sweep, base, options.full ?? false),
      facts: {
        model: { name: first.name, hash: first.hash },
        knowledgeBase: { entities: counts.entities, backend: manifest.index.backend },
        engine: { name: first.engine.kind, threads: first.engine.threads },
        ...{ mentions: mentions.length, batch, sources, base },
      },
      async measure({ precision, quantization, candidates, rerank }, step) {
        const model = await modelFor(precision);
        const index = await indexFor(quantization);
        if (!index) return undefined;
        const choices = { detector: 'marked', sources, candidates, rerank } as const;
        return measure(await assemblePipeline(model, { ...opened, index }, choices), {
          ...{ mentions, batch, hasWorlds: counts.worlds > 0, signal: context.io.signal },
          onProgress: (progress) => context.progress.report({ ...progress, step }),
        });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What was asked for; else what this model, this engine and this knowledge base can do. */
function sweepOf(options: TradeoffOptions, model: OpenedModel, index: ManifestIndex): Sweep {
  const { measurement } = model.engine;
  const reduced = measurement && measurement.reducedMilliseconds !== null ? [measurement.reduced] : [];
  if (!model.pairScorer && options.rerank?.some((depth) => depth !== 'off')) {
    throw usageError(`The model ${model.name} has no re-ranker.`, 'Leave --rerank out.');
  }
  const formats = formatsOf(index);
  const impossible = options.quantization?.find((format) => !formats.includes(format));
  if (impossible !== undefined) {
    throw usageError(
      `The ${index.backend} index of this knowledge base has no ${impossible}.`,
      `It has ${formats.join(', ')}.`,
    );
  }
  return {
    precision: options.precision ?? [...new Set<Precision>(['float32', ...reduced, model.engine.precision])],
    quantization: options.quantization ?? formats,
    candidates: options.candidates ?? [1, 4, 16, 64],
    rerank: options.rerank ?? (model.pairScorer ? ['off', 4, 8, 16, 32] : ['off']),
  };
}
