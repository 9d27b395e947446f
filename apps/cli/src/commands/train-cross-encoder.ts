import { basename, resolve } from 'node:path';
import { createCrossEncoder } from '@referent/cross-encoder';
import { type ModelManifest, openModel } from '@referent/model/node';
import {
  combineTeachers,
  createCrossEncoderTask,
  createRandom,
  createTower,
  createTowerTransformer,
  type MinedNegatives,
  openLayerGraphs,
  type Teacher,
  type TrainingSet,
  teacherFromEncoders,
  teacherFromPairScorer,
} from '@referent/training';
import { findModel } from '../assemble/model.js';
import { type CommandContext, usageError } from '../command-context.js';
import { write } from '../io.js';
import { macro, retrieve } from '../training/dev-retrieval.js';
import { readSets } from '../training/read-sets.js';
import { describeRun, openTrainingEngine, readConfig, runTraining, type TrainOptions } from '../training/run.js';
import { type CrossEncoderSettings, readCrossEncoderSettings } from '../training/settings.js';
import { readStartModel } from '../training/start-model.js';
import { writeModel } from '../training/write-model.js';
import { openTeacher } from './train-bi-encoder.js';

const layer = { weight: 'classifier.weight', bias: 'classifier.bias' };

export async function trainCrossEncoder(context: CommandContext, options: TrainOptions): Promise<number> {
  const { json, file } = await readConfig(context, options);
  const settings = readCrossEncoderSettings(json, file);
  const retrieverName = options.model ?? settings.retriever;
  if (retrieverName === undefined) {
    throw usageError('A re-ranker needs a retriever.', 'Give --model, a bi-encoder whose candidates it is to re-rank.');
  }
  const { folder: retrieverFolder } = await findModel(context, { ...options, model: retrieverName });
  const retrieverFiles = await readStartModel(retrieverFolder);
  const start = settings.start
    ? await readStartModel((await findModel(context, { ...options, model: settings.start })).folder, 're-ranker')
    : retrieverFiles;
  const sets = await readSets(context, settings.sets, settings.namesakes);
  const dev = settings.dev && (await readSets(context, settings.dev));
  const engine = await openTrainingEngine(context, options);
  const teacher = settings.distillation && (await openTeacher(context, options, settings.distillation.teacher));
  const { tf } = engine;
  const { tokenizer, config, maskId } = start;
  const { freeze, pooling, mention, entity, pairLayout, augmentation, mining } = settings;
  const tower = createTower({
    ...{ tf, name: 'encoder', config, frozen: freeze, head: { pooling, projection: layer } },
    graphs: await openLayerGraphs(engine, config),
    weights: start.weights,
    newProjection: { outputs: 1, random: createRandom(settings.seed, 'classifier') },
  });
  /** The retriever does not change: it stays open where its scores are asked for at every step. */
  const scoring = settings.firstStage && (await openModel({ folder: retrieverFolder, engine }));
  const firstStage =
    scoring &&
    teacherFromEncoders({
      mentionEncoder: scoring.mentionEncoders.name,
      entityEncoder: scoring.entityEncoder,
      ...settings.firstStage,
    });
  const { candidates, injectGold, dropout, chunkTokens, keptTokens } = settings;
  const task = createCrossEncoderTask({
    ...{ tf, tokenizer, tower, entity, pairLayout, candidates, injectGold, dropout, chunkTokens, keptTokens },
    mention: { ...mention, augmentation, ...(maskId !== undefined && { maskId }) },
    ...(firstStage && { firstStage }),
    ...(teacher && { distillation: { ...settings.distillation!, teacher: teacher.teacher } }),
  });
  const layout = {
    layout: pairLayout,
    mentionLayout: mention.layout,
    entityLayout: entity.layout,
    maximumContextLength: mention.maximumLength,
    maximumLength: mention.maximumLength + entity.maximumLength - 1,
  };

  /** Looked up once. */
  async function candidatesOf(list: readonly TrainingSet[], depth: number, skip = 0): Promise<MinedNegatives> {
    const retriever = scoring ?? (await openModel({ folder: retrieverFolder, engine }));
    const { entityEncoder, mentionEncoders } = retriever;
    try {
      return await retrieve(list, { entityEncoder, mentionEncoder: mentionEncoders.name }, depth, context.work, skip);
    } finally {
      if (retriever !== scoring) await retriever.close();
    }
  }
  let trainCandidates: Promise<MinedNegatives> | undefined;
  let devCandidates: Promise<MinedNegatives> | undefined;
  const mined = sets.filter((_, i) => settings.sets[i]!.mine);

  async function evaluate(list: readonly TrainingSet[]) {
    devCandidates ??= candidatesOf(list, settings.devCandidates);
    const transformer = await createTowerTransformer({ tower, engine });
    try {
      const scorer = createCrossEncoder({ tokenizer, transformer, ...layout });
      const own = teacherFromPairScorer(scorer);
      const stages = firstStage ? [firstStage, own] : [own];
      const ranker = combineTeachers(stages.map((teacher) => ({ teacher, weight: 1 })));
      return await devAccuracy(list, await devCandidates, ranker, settings.devCandidates, context);
    } finally {
      await transformer.close();
    }
  }

  const valueName = 'accuracy';
  try {
    const run = await runTraining(context, options, {
      ...{ engine, task, sets, settings, valueName },
      fingerprint: `${start.weights.fingerprint} ${retrieverFiles.weights.fingerprint}`,
      mine() {
        trainCandidates ??= candidatesOf(mined, mining!.depth, mining!.skip);
        return trainCandidates;
      },
      ...(dev && { evaluate: () => evaluate(dev) }),
    });
    const folder = resolve(context.io.cwd, options.out);
    await writeModel({
      folder,
      start: retrieverFiles,
      manifest: manifestOf(basename(folder), retrieverFiles.manifest, settings, layout),
      encoders: [{ weights: 'cross-encoder', tower, start }],
      from: { folder: retrieverFolder, names: encoderFiles(retrieverFiles.manifest) },
    });
    await write(context.io.stdout, describeRun(options, run, valueName));
    return 0;
  } finally {
    tower.dispose();
    await scoring?.close();
    await teacher?.close();
    await engine.close();
  }
}

/** Unnormalized: a gold that was not retrieved counts as wrong. */
async function devAccuracy(
  sets: readonly TrainingSet[],
  retrieved: MinedNegatives,
  ranker: Teacher,
  depth: number,
  { work }: CommandContext,
) {
  const right = new Map<string, Set<string>>();
  for (const { name, examples, entities } of sets) {
    const lists = examples.flatMap((example) => {
      const { goldRank = -1, negatives = [] } = retrieved.get(name)?.get(example.id) ?? {};
      if (goldRank < 0 || goldRank >= depth) return [];
      const ids = [...example.gold, ...negatives.slice(0, depth - 1)];
      return [{ id: example.id, mention: example.mention, gold: example.gold, ids }];
    });
    const scores = await ranker.score(
      lists.map(({ mention, ids }) => ({ mention, entities: ids.map((id) => entities.get(id)!) })),
      work,
    );
    const own = new Set<string>();
    right.set(name, own);
    for (const [i, { id, gold, ids }] of lists.entries()) {
      const given = scores[i]!;
      const best = given.indexOf(Math.max(...given));
      if (gold.includes(ids[best]!)) own.add(id);
    }
  }
  return macro(sets, (set, id) => right.get(set)?.has(id) ?? false);
}

/** What of the retriever's folder the new model takes over. */
function encoderFiles(manifest: Readonly<Record<string, unknown>> | undefined): string[] {
  const { entityEncoder, mentionEncoders } = (manifest ?? {}) as Partial<ModelManifest>;
  const folders = [entityEncoder, mentionEncoders?.name, mentionEncoders?.topic].map((it) => it?.weights ?? '.');
  return [...new Set(folders)].flatMap((folder) => (folder === '.' ? ['config.json', 'model.safetensors'] : [folder]));
}

function manifestOf(
  name: string,
  retriever: Readonly<Record<string, unknown>> | undefined,
  { pooling, firstStage }: CrossEncoderSettings,
  layout: object,
): ModelManifest {
  if (!retriever) {
    throw usageError(
      'The retriever has no referent-model.json.',
      'Train a bi-encoder first: `referent train bi-encoder`; its settings say how mentions are read.',
    );
  }
  const manifest = retriever as unknown as ModelManifest;
  // As the scores were added in training: in units of the cosine.
  const rerank = firstStage && { rerank: firstStage.temperature, retrieval: 1 };
  const linking = { ...manifest.linking, ...(rerank && { rerank }) };
  return {
    ...manifest,
    name,
    linking,
    crossEncoder: { weights: 'cross-encoder', pooling, projection: layer, ...layout },
  };
}
