import { resolve } from 'node:path';
import type { MentionInContext, Rows, VectorIndex } from '@referent/core';
import { type KnowledgeBase, type OpenIndex, openKnowledgeBase, setIndexSettings } from '@referent/knowledge-base';
import { backends, type IndexSettings, indexProvider, openAnyIndex } from '../assemble/index-providers.js';
import { identityOf, modelOf } from '../assemble/knowledge-base.js';
import { type ModelOptions, openModelWithEngine } from '../assemble/model.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { openInput } from '../read-input.js';
import { readMentions } from '../read-mentions.js';
import { exactTruth } from '../tuning/exact-truth.js';
import { measureIndex } from '../tuning/measure-index.js';
import { sampleQueries } from '../tuning/sample-queries.js';
import { chooseValue, type TuningPoint, tuningJson, tuningText, writeTuning } from '../tuning/tuning-report.js';

export interface IndexTuneOptions extends ModelOptions {
  readonly kb: string;
  readonly mentions?: readonly string[];
  readonly sample: number;
  readonly k: number;
  readonly recall: number;
  readonly values?: readonly number[];
  readonly out?: string;
  readonly apply?: boolean;
  readonly json?: boolean;
}

/** Measures how many candidates a search must keep in sight for a wanted recall, and stores the choice if asked to. */
export async function indexTune(context: CommandContext, options: IndexTuneOptions): Promise<number> {
  const { io, logger, progress, work } = context;
  const folder = resolve(io.cwd, options.kb);
  let openAgain: ((settings: IndexSettings) => Promise<VectorIndex>) | undefined;
  const openIndex: OpenIndex = (path, dimensions, found) => {
    openAgain = (settings) => indexProvider(found.backend, settings, io).open(path, dimensions, { ...found, settings });
    return openAnyIndex(io)(path, dimensions, found);
  };
  const knowledgeBase = await openKnowledgeBase({ folder, openIndex });
  try {
    const { manifest } = knowledgeBase;
    const { backend } = manifest.index;
    const settings = manifest.index.settings as IndexSettings;
    const { tuned } = backends[backend] ?? {};
    if (!tuned) {
      throw usageError(
        `The backend ${backend} has nothing to tune.`,
        'Move the index first: referent index move --to usearch.',
      );
    }
    const queries = await chosenQueries(context, options, knowledgeBase);
    const truth = await exactTruth(knowledgeBase, queries, options.k, work);
    const points: TuningPoint[] = [];
    const values = [...new Set(options.values ?? tuned.values)].sort((a, b) => a - b);
    for (const value of values) {
      const index = await openAgain!({ ...settings, [tuned.setting]: value });
      try {
        points.push({ value, ...(await measureIndex(index, queries, truth, options.k, io.signal)) });
      } finally {
        await index.close();
      }
      work.onProgress?.({ step: 'try settings', done: points.length, total: values.length, unit: 'settings' });
    }
    progress.finish();
    const chosen = chooseValue(points, options.recall);
    const report = {
      knowledgeBase: { entities: manifest.counts.entities, backend, quantization: settings.quantization ?? 'f32' },
      queries: { count: queries.count, of: options.mentions ? ('mentions' as const) : ('entities' as const) },
      setting: tuned.setting,
      k: options.k,
      wantedRecall: options.recall,
      points,
      chosen,
    };
    if (options.out !== undefined) {
      await writeTuning(resolve(io.cwd, options.out), report);
      logger.info(`Table, plot and raw figures are in ${options.out}`);
    }
    await write(io.stdout, options.json ? tuningJson(report) : tuningText(report));
    if (!options.apply) return 0;
    if (chosen === null) return 1;
    await setIndexSettings({ folder, settings: { ...settings, [tuned.setting]: chosen } });
    logger.info(`${options.kb} is searched with ${tuned.setting} ${chosen} from now on.`);
    return 0;
  } finally {
    await knowledgeBase.close();
  }
}

async function chosenQueries(
  context: CommandContext,
  options: IndexTuneOptions,
  knowledgeBase: KnowledgeBase,
): Promise<Rows> {
  const { mentions: files, sample } = options;
  if (!files) return sampleQueries(knowledgeBase, sample);
  const mentions: MentionInContext[] = [];
  for (const file of files) {
    for await (const { mention } of readMentions(await openInput(file, context.io))) {
      if (mentions.length < sample) mentions.push(mention);
    }
  }
  if (mentions.length === 0)
    throw usageError('There is no mention to search with.', 'Give --mentions with mentions in it.');
  const model = await openModelWithEngine(context, { ...options, model: await modelOf(context, options) });
  try {
    const { hash } = identityOf(model);
    if (hash !== knowledgeBase.manifest.model.hash) {
      throw usageError(
        `${options.kb} was built with another model than ${model.name}.`,
        'Leave --model out, or name the model that it was built with.',
      );
    }
    return await model.mentionEncoders.name.encodeMentions(mentions, context.work);
  } finally {
    await model.close();
  }
}
