import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isReferentError } from '@referent/core';
import type { BuildKnowledgeBaseOptions, BuildResult } from './build.js';
import { knowledgeBaseError } from './errors.js';
import { remove } from './folder/files.js';
import { assertSameIndex, sameJson } from './folder/index-provider.js';
import {
  assertSameModel,
  type BuildPlan,
  findManifest,
  formatVersion,
  planFile,
  readPlan,
  storeName,
  writePlan,
} from './folder/manifest.js';
import { toReport } from './folder/problem-report.js';
import { type SweepOptions, sweep } from './folder/sweep.js';
import { openDatabase } from './store/database.js';
import { readFacts } from './store/facts.js';

/** A build that was killed after its last step, and before it had tidied up. */
export async function finishOff(options: BuildKnowledgeBaseOptions): Promise<BuildResult | undefined> {
  const { folder } = options;
  const plan = await unlessReplaced(options, readPlan);
  const manifest = await unlessReplaced(options, findManifest);
  if (!plan || manifest?.store.file !== storeName(plan.generation)) return undefined;
  await remove(join(folder, planFile));
  await sweep(folder, manifest, sweepingOf(options));
  if (differenceOf(folder, plan, planOf(options))) return undefined;
  const database = openDatabase(join(folder, manifest.store.file), { readOnly: true });
  try {
    return { manifest, problems: toReport(readFacts(database).problems), isResumed: true };
  } finally {
    database.close();
  }
}

function sweepingOf({ index, discardIndex, logger }: BuildKnowledgeBaseOptions): SweepOptions {
  return { provider: index, discardIndex, logger };
}

function planOf({ model, index, sources }: BuildKnowledgeBaseOptions): Pick<BuildPlan, 'model' | 'index' | 'sources'> {
  return {
    model,
    index: { backend: index.backend, settings: index.settings },
    sources: sources.map(({ name, identity }) => ({ name, identity })),
  };
}

/** The plan to follow: the unfinished one if it is the same, else a new one. */
export async function settlePlan(options: BuildKnowledgeBaseOptions): Promise<{ plan: BuildPlan; isResumed: boolean }> {
  const { folder, model, replace = false } = options;
  if (options.encoder.dimensions !== model.dimensions) {
    throw knowledgeBaseError('KB_BAD_ENCODER', {
      what: `The encoder gives vectors of ${options.encoder.dimensions}, the model is said to have ${model.dimensions}.`,
      details: { encoder: options.encoder.dimensions, model: model.dimensions },
    });
  }
  const unfinished = await unlessReplaced(options, readPlan);
  const wanted = planOf(options);
  if (unfinished) {
    const difference = differenceOf(folder, unfinished, wanted);
    if (!difference) return { plan: unfinished, isResumed: true };
    if (!replace) throw difference;
  }
  const finished = await unlessReplaced(options, findManifest);
  if (finished && !replace) {
    throw knowledgeBaseError('KB_EXISTS', {
      what: `There is a knowledge base in ${folder} already, with ${finished.counts.entities} entities.`,
      fix: 'Choose another folder, add to it, or ask for it to be replaced.',
      details: { folder, counts: finished.counts },
    });
  }
  await remove(join(folder, planFile));
  await sweep(folder, finished, sweepingOf(options));
  const plan: BuildPlan = {
    format: formatVersion,
    created: new Date().toISOString(),
    generation: (await newestGeneration(folder)) + 1,
    ...wanted,
  };
  await writePlan(folder, plan);
  return { plan, isResumed: false };
}

/** What is damaged or from a newer version, and may be replaced, is as good as not there. */
async function unlessReplaced<T>(
  { folder, replace = false }: BuildKnowledgeBaseOptions,
  read: (folder: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read(folder);
  } catch (error) {
    if (replace && isReferentError(error)) return undefined;
    throw error;
  }
}

/** Of all files in the folder: no file that a reader may have open is ever written again. */
async function newestGeneration(folder: string): Promise<number> {
  const generations = (await readdir(folder)).map((name) =>
    Number(/^(?:store|vectors|index)-(\d+)\./.exec(name)?.[1] ?? 0),
  );
  return Math.max(0, ...generations);
}

/** Why an unfinished build is not the one that is asked for now. */
function differenceOf(folder: string, found: BuildPlan, wanted: Pick<BuildPlan, 'model' | 'index' | 'sources'>) {
  try {
    assertSameModel(folder, found.model, wanted.model);
    assertSameIndex(folder, found.index, wanted.index);
    if (sameJson(found.sources, wanted.sources)) return undefined;
    throw new Error(
      `It reads ${nameAll(found.sources)}, this one ${nameAll(wanted.sources)}; or a file has changed since.`,
    );
  } catch (error) {
    return knowledgeBaseError('KB_OTHER_BUILD', {
      what: `In ${folder} another build was begun and not finished.`,
      why: (error as Error & { why?: string }).why ?? (error as Error).message,
      fix: 'Repeat that call to finish it, or ask for it to be replaced.',
      details: { folder, found: { ...found }, wanted: { ...wanted } },
    });
  }
}

const nameAll = (sources: BuildPlan['sources']) => sources.map(({ name }) => name).join(', ') || 'nothing';

/** An empty folder, or one with a knowledge base or an unfinished build in it: never a folder with other things. */
export async function assertOurs(folder: string): Promise<void> {
  const names = await readdir(folder);
  const isOurs = names.every((name) =>
    /^(manifest|building)\.json(\.tmp)?$|^write\.lock|^(store|vectors|index)-\d+\./.test(name),
  );
  if (isOurs) return;
  throw knowledgeBaseError('KB_NOT_A_KNOWLEDGE_BASE', {
    what: `${folder} holds files that are no knowledge base.`,
    fix: 'Choose an empty folder, or one that does not exist yet.',
    details: { folder },
  });
}
