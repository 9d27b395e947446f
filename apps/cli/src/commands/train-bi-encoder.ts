import { basename, resolve } from 'node:path';
import { type ModelManifest, untunedLinking } from '@referent/model';
import {
  combineTeachers,
  createBiEncoderTask,
  createTower,
  createTowerEncoders,
  openLayerGraphs,
  type Teacher,
  teacherFromPairScorer,
} from '@referent/training';
import { findModel, openModelWithEngine } from '../assemble/model.js';
import type { CommandContext } from '../command-context.js';
import { write } from '../io.js';
import { devRecall, type Encoders, retrieve } from '../training/dev-retrieval.js';
import { teacherFromFirstStage, usualTemperature } from '../training/first-stage-teacher.js';
import { readSets } from '../training/read-sets.js';
import { describeRun, openTrainingEngine, readConfig, runTraining, type TrainOptions } from '../training/run.js';
import { type BiEncoderSettings, readBiEncoderSettings } from '../training/settings.js';
import { readStartModel, type StartModel } from '../training/start-model.js';
import { writeModel } from '../training/write-model.js';

export async function trainBiEncoder(context: CommandContext, options: TrainOptions): Promise<number> {
  const { json, file } = await readConfig(context, options);
  const settings = readBiEncoderSettings(json, file);
  const { sets: setSettings, freeze, pooling, mention, entity, tied } = settings;
  const model = options.model ?? settings.start;
  const start = await readStartModel((await findModel(context, { ...options, model })).folder);
  const sets = await readSets(context, setSettings, settings.namesakes);
  const dev = settings.dev && (await readSets(context, settings.dev));
  const engine = await openTrainingEngine(context, options);
  const teacher = settings.distillation && (await openTeacher(context, options, settings.distillation.teacher));
  const { tf } = engine;
  const { tokenizer, config, weights, maskId } = start;
  const graphs = await openLayerGraphs(engine, config);
  const tower = (name: string) =>
    createTower({ tf, name, config, weights, graphs, frozen: freeze, head: { pooling, normalize: true } });
  const mentionTower = tower(tied ? 'encoder' : 'mention');
  const towers = { mention: mentionTower, entity: tied ? mentionTower : tower('entity') };
  const { augmentation, temperature, symmetric, hardNegatives, dropout, chunkTokens, keptTokens } = settings;
  const task = createBiEncoderTask({
    ...{ tf, tokenizer, towers, entity, temperature, symmetric, hardNegatives, dropout, chunkTokens, keptTokens },
    mention: { ...mention, augmentation, ...(maskId !== undefined && { maskId }) },
    ...(teacher && { distillation: { ...settings.distillation!, teacher: teacher.teacher } }),
  });

  /** Works with encoders of the towers as they are. */
  async function withEncoders<Result>(use: (encoders: Encoders) => Promise<Result>): Promise<Result> {
    const encoders = await createTowerEncoders({ tokenizer, towers, engine, mention, entity });
    try {
      return await use(encoders);
    } finally {
      await encoders.close();
    }
  }
  const mined = sets.filter((_, i) => setSettings[i]!.mine);
  const { mining, recallAt } = settings;
  const valueName = `R@${recallAt}`;
  try {
    const run = await runTraining(context, options, {
      ...{ engine, task, sets, settings, valueName },
      fingerprint: weights.fingerprint,
      mine: () => withEncoders((encoders) => retrieve(mined, encoders, mining!.depth, context.work, mining!.skip)),
      ...(dev && {
        evaluate: (work) => withEncoders((encoders) => devRecall(dev, encoders, recallAt, work)),
      }),
    });
    const folder = resolve(context.io.cwd, options.out);
    await writeModel({
      folder,
      start,
      manifest: manifestOf(basename(folder), settings, start),
      encoders: tied
        ? [{ weights: '.', tower: mentionTower, start }]
        : [
            { weights: 'mention', tower: towers.mention, start },
            { weights: 'entity', tower: towers.entity, start },
          ],
    });
    await write(context.io.stdout, describeRun(options, run, valueName));
    return 0;
  } finally {
    for (const it of task.towers) it.dispose();
    await teacher?.close();
    await engine.close();
  }
}

function manifestOf(
  name: string,
  { pooling, mention, entity, tied }: BiEncoderSettings,
  start: StartModel,
): ModelManifest {
  const shared = { pooling, normalize: true };
  return {
    format: 1,
    name,
    entityEncoder: { ...shared, weights: tied ? '.' : 'entity', ...entity },
    mentionEncoders: {
      name: { ...shared, weights: tied ? '.' : 'mention', ...mention },
      topic: { ...shared, weights: tied ? '.' : 'mention', layout: 'sentence', maximumLength: 34 },
    },
    // Chosen for another encoder, but for one near to this: `referent calibrate` chooses anew.
    linking: (start.manifest as ModelManifest | undefined)?.linking ?? untunedLinking,
  };
}

/**
 * The teacher that a run learns from: a model's re-ranker, mixed with its first stage where the model mixes them; its
 * first stage where it has no re-ranker.
 */
export async function openTeacher(
  context: CommandContext,
  options: TrainOptions,
  model: string,
): Promise<{ readonly teacher: Teacher; close(): Promise<void> }> {
  const opened = await openModelWithEngine(context, { ...options, model });
  const { pairScorer, linking, close } = opened;
  const { rerank, decision } = linking;
  const firstStage = teacherFromFirstStage(opened);
  if (!pairScorer) return { teacher: firstStage, close };
  const reranker = teacherFromPairScorer(pairScorer);
  if (!rerank) return { teacher: reranker, close };
  const stages = [
    { teacher: reranker, weight: rerank.rerank / (decision.temperature ?? usualTemperature) },
    { teacher: firstStage, weight: rerank.retrieval },
  ];
  return { teacher: combineTeachers(stages), close };
}
