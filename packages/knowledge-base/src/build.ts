import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type EntityEncoder, type Logger, silentLogger, type WorkOptions } from '@referent/core';
import { inKnowledgeBase, knowledgeBaseError } from './errors.js';
import { encodeEntities } from './folder/encode-step.js';
import { remove, syncFolder } from './folder/files.js';
import { assertSameIndex, type IndexProvider, sameJson } from './folder/index-provider.js';
import { buildIndex } from './folder/index-step.js';
import { lockFolder } from './folder/lock.js';
import {
  assertSameModel,
  type BuildPlan,
  findManifest,
  formatVersion,
  type Manifest,
  type ModelIdentity,
  planFile,
  readPlan,
  storeName,
  vectorsName,
  writeManifest,
  writePlan,
} from './folder/manifest.js';
import { type ProblemReport, toReport } from './folder/problem-report.js';
import { readSources } from './folder/read-step.js';
import { sweep } from './folder/sweep.js';
import { openVectorsFile, openVectorsWriter } from './folder/vectors-file.js';
import type { EntitySource, SourceProblem } from './sources/source.js';
import { type Database, openDatabase } from './store/database.js';
import { readFacts } from './store/facts.js';
import { createTables } from './store/schema.js';
import { createStoreWriter } from './store/store-writer.js';
import { buildFilter } from './store/stored-filter.js';

export interface BuildKnowledgeBaseOptions extends WorkOptions {
  /** Made if it does not exist. */
  readonly folder: string;
  readonly sources: readonly EntitySource[];
  readonly encoder: EntityEncoder;
  readonly model: ModelIdentity;
  readonly index: IndexProvider;
  /** What a record that cannot be used does. @default 'skip' */
  readonly onError?: 'skip' | 'stop' | undefined;
  /** Called for every problem, errors and warnings, as it is met. */
  readonly onProblem?: ((problem: SourceProblem) => void) | undefined;
  /** Builds anew where a knowledge base, or an unfinished other build, is. The old one serves until the end. @default false */
  readonly replace?: boolean | undefined;
  /** Records that are handled at once. @default 5000 */
  readonly readBatchSize?: number | undefined;
  /** Records per commit: what a kill can cost while reading. @default 100000 */
  readonly commitSize?: number | undefined;
  /** Entities per call of the encoder, which sorts them by length. @default 1024 */
  readonly encodeBatchSize?: number | undefined;
  readonly logger?: Logger | undefined;
}

export interface BuildResult {
  readonly manifest: Manifest;
  readonly problems: ProblemReport;
  /** The build went on from where an earlier one had stopped. */
  readonly isResumed: boolean;
}

/**
 * Builds a knowledge base: reads the sources, encodes the entities, makes the index. Stopped at any point, by an error,
 * a signal or a kill, the same call goes on where it was.
 * @throws `KB_EXISTS`, `KB_OTHER_BUILD`, `KB_LOCKED`, `KB_BAD_ENTITY` (with `onError: 'stop'`), `KB_DISK_FULL`,
 * `KB_NOT_WRITABLE`, `KB_NOT_A_KNOWLEDGE_BASE` (the folder holds something else), `KB_BAD_ENCODER`, those of the sources
 */
export function buildKnowledgeBase(options: BuildKnowledgeBaseOptions): Promise<BuildResult> {
  return inKnowledgeBase(options.folder, async () => {
    await mkdir(options.folder, { recursive: true });
    await assertOurs(options.folder);
    const lock = lockFolder(options.folder);
    try {
      const finished = await finishOff(options);
      if (finished) return finished;
      const { plan, isResumed } = await settlePlan(options);
      if (isResumed) options.logger?.info(`Going on with the unfinished build in ${options.folder}`);
      return { ...(await carryOut(plan, options)), isResumed };
    } finally {
      lock.release();
    }
  });
}

async function carryOut(plan: BuildPlan, options: BuildKnowledgeBaseOptions): Promise<Omit<BuildResult, 'isResumed'>> {
  const { folder, sources, encoder, model, index: provider, onError = 'skip', onProblem } = options;
  const {
    readBatchSize = 5000,
    commitSize = 100_000,
    encodeBatchSize = 1024,
    logger = silentLogger,
    signal,
    onProgress,
  } = options;
  const files = { store: storeName(plan.generation), vectors: vectorsName(plan.generation) };
  const database = openDatabase(join(folder, files.store), { cacheMegabytes: 64 });
  try {
    prepareTables(database);
    const writer = createStoreWriter(database);
    if (!writer.facts.reading.isDone) {
      const read = {
        onError,
        onProblem,
        signal,
        onProgress,
        batchSize: readBatchSize,
        groupSize: commitSize,
        updateFilter: false,
        isResumable: true,
      };
      await readSources(database, writer, sources, read);
      logger.info(`${writer.facts.entities} entities read`);
    }
    if (writer.facts.filterCapacity === 0) await buildFilter(database, writer.facts, () => pause(signal));

    const vectorsPath = join(folder, files.vectors);
    const vectorsWriter = await openVectorsWriter(vectorsPath, model.dimensions);
    try {
      await encodeEntities(database, writer, vectorsWriter, {
        encoder,
        batchSize: encodeBatchSize,
        signal,
        onProgress,
      });
    } finally {
      await vectorsWriter.close();
    }
    await syncFolder(folder);

    const vectors = openVectorsFile(vectorsPath, model.dimensions);
    try {
      const { dimensions } = model;
      const generation = plan.generation;
      const step = { folder, provider, vectors, dimensions, generation, signal, onProgress };
      const index = await buildIndex(database, step);
      const { entities, names, worlds, problems } = writer.facts;
      const manifest: Manifest = {
        format: formatVersion,
        created: plan.created,
        updated: new Date().toISOString(),
        model,
        store: { file: files.store },
        vectors: { file: files.vectors },
        index,
        counts: { entities, names, worlds },
      };
      database.close();
      await writeManifest(folder, manifest); // from here on it is whole
      await remove(join(folder, planFile));
      await sweep(folder, manifest);
      return { manifest, problems: toReport(problems) };
    } finally {
      vectors.close();
    }
  } finally {
    database.close();
  }
}

/** A build that was killed after its last step, and before it had tidied up. */
async function finishOff(options: BuildKnowledgeBaseOptions): Promise<BuildResult | undefined> {
  const { folder } = options;
  const plan = await readPlan(folder);
  const manifest = await findManifest(folder);
  if (!plan || manifest?.store.file !== storeName(plan.generation)) return undefined;
  await remove(join(folder, planFile));
  await sweep(folder, manifest);
  if (differenceOf(folder, plan, planOf(options))) return undefined;
  const database = openDatabase(join(folder, manifest.store.file), { readOnly: true });
  try {
    return { manifest, problems: toReport(readFacts(database).problems), isResumed: true };
  } finally {
    database.close();
  }
}

function planOf({ model, index, sources }: BuildKnowledgeBaseOptions): Pick<BuildPlan, 'model' | 'index' | 'sources'> {
  return {
    model,
    index: { backend: index.backend, settings: index.settings },
    sources: sources.map(({ name, identity }) => ({ name, identity })),
  };
}

/** The plan to follow: the unfinished one if it is the same, else a new one. */
async function settlePlan(options: BuildKnowledgeBaseOptions): Promise<{ plan: BuildPlan; isResumed: boolean }> {
  const { folder, model, replace = false } = options;
  if (options.encoder.dimensions !== model.dimensions) {
    throw knowledgeBaseError('KB_BAD_ENCODER', {
      what: `The encoder gives vectors of ${options.encoder.dimensions}, the model is said to have ${model.dimensions}.`,
      details: { encoder: options.encoder.dimensions, model: model.dimensions },
    });
  }
  const unfinished = await readPlan(folder);
  const wanted = planOf(options);
  if (unfinished) {
    const difference = differenceOf(folder, unfinished, wanted);
    if (!difference) return { plan: unfinished, isResumed: true };
    if (!replace) throw difference;
    await remove(join(folder, planFile));
  }
  const finished = await findManifest(folder);
  if (finished && !replace) {
    throw knowledgeBaseError('KB_EXISTS', {
      what: `There is a knowledge base in ${folder} already, with ${finished.counts.entities} entities.`,
      fix: 'Choose another folder, add to it, or ask for it to be replaced.',
      details: { folder, counts: finished.counts },
    });
  }
  await sweep(folder, finished);
  const plan: BuildPlan = {
    format: formatVersion,
    created: new Date().toISOString(),
    generation: (finished?.index.generation ?? 0) + 1,
    ...wanted,
  };
  await writePlan(folder, plan);
  return { plan, isResumed: false };
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

function prepareTables(database: Database): void {
  const exists = database.get("SELECT 1 FROM sqlite_master WHERE name = 'facts'");
  if (!exists) database.transaction(() => createTables(database));
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await setImmediate();
}

/** An empty folder, or one with a knowledge base or an unfinished build in it: never a folder with other things. */
async function assertOurs(folder: string): Promise<void> {
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
