import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  assertKnownOptions,
  type EntityEncoder,
  type Logger,
  silentLogger,
  type WorkOptions,
  workOptionNames,
} from '@referent/core';
import { assertOurs, finishOff, settlePlan } from './build-plan.js';
import { inKnowledgeBase, knowledgeBaseError } from './errors.js';
import { copyVectors, type GivenVectors } from './folder/copy-step.js';
import { encodeEntities } from './folder/encode-step.js';
import { remove, syncFolder } from './folder/files.js';
import type { DiscardIndex, IndexProvider } from './folder/index-provider.js';
import { buildIndex } from './folder/index-step.js';
import { lockFolder } from './folder/lock.js';
import {
  type BuildPlan,
  formatVersion,
  type Manifest,
  type ModelIdentity,
  planFile,
  storeName,
  vectorsName,
  writeManifest,
} from './folder/manifest.js';
import { type ProblemReport, toReport } from './folder/problem-report.js';
import { readSources } from './folder/read-step.js';
import { sweep } from './folder/sweep.js';
import { openVectorsFile, openVectorsWriter } from './folder/vectors-file.js';
import type { EntitySource, SourceProblem } from './sources/source.js';
import { type Database, openDatabase } from './store/database.js';
import { createTables } from './store/schema.js';
import { createStoreWriter } from './store/store-writer.js';
import { buildFilter } from './store/stored-filter.js';

export interface BuildKnowledgeBaseOptions extends WorkOptions {
  /** Made if it does not exist. */
  readonly folder: string;
  readonly sources: readonly EntitySource[];
  readonly encoder: EntityEncoder;
  /** Vectors that exist already: row n belongs to the nth entity of the sources. The encoder is then not asked. */
  readonly vectors?: GivenVectors | undefined;
  readonly model: ModelIdentity;
  readonly index: IndexProvider;
  /** Deletes what an older index has left at a server. @default `index.discard`, for its own backend */
  readonly discardIndex?: DiscardIndex | undefined;
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

const optionNames = [
  'folder',
  'sources',
  'encoder',
  'vectors',
  'model',
  'index',
  'discardIndex',
  'onError',
  'onProblem',
  'replace',
  'readBatchSize',
  'commitSize',
  'encodeBatchSize',
  'logger',
  ...workOptionNames,
];

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
 * `KB_NOT_WRITABLE`, `KB_NOT_A_KNOWLEDGE_BASE` (the folder holds something else), `KB_BAD_ENCODER`, `KB_VECTOR_COUNT` (not as
 * many given vectors as entities), those of the sources
 */
export function buildKnowledgeBase(options: BuildKnowledgeBaseOptions): Promise<BuildResult> {
  return inKnowledgeBase(options.folder, async () => {
    assertKnownOptions('buildKnowledgeBase', options, optionNames);
    await makeFolder(options.folder);
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
      const step = { batchSize: encodeBatchSize, signal, onProgress };
      if (options.vectors) await copyVectors(database, writer, vectorsWriter, { ...step, given: options.vectors });
      else await encodeEntities(database, writer, vectorsWriter, { ...step, encoder });
    } finally {
      await vectorsWriter.close();
    }
    await syncFolder(folder);

    const vectors = openVectorsFile(vectorsPath, model.dimensions);
    try {
      const { generation } = plan;
      const { discardIndex } = options;
      const step = { folder, provider, vectors, model, generation, discardIndex, logger, signal, onProgress };
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
      await sweep(folder, manifest, { provider, discardIndex, logger });
      return { manifest, problems: toReport(problems) };
    } finally {
      vectors.close();
    }
  } finally {
    database.close();
  }
}

/** Whatever the system says (Node reports a read-only disk as ENOENT), it comes to the same. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw knowledgeBaseError('KB_NOT_WRITABLE', {
      what: `The folder ${folder} cannot be made.`,
      why: `${(error as Error).message}.`,
      fix: 'Choose a path that is no file, on a disk that can be written.',
      details: { folder },
      cause: error,
    });
  }
}

function prepareTables(database: Database): void {
  const exists = database.get("SELECT 1 FROM sqlite_master WHERE name = 'facts'");
  if (!exists) database.transaction(() => createTables(database));
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await setImmediate();
}
