import { join } from 'node:path';
import {
  assertKnownOptions,
  type EntityEncoder,
  type Logger,
  silentLogger,
  type WorkOptions,
  workOptionNames,
} from '@referent/core';
import { inKnowledgeBase } from './errors.js';
import { encodeEntities } from './folder/encode-step.js';
import { assertSameIndex, type DiscardIndex, type IndexProvider } from './folder/index-provider.js';
import { updateIndex } from './folder/index-step.js';
import { lockFolder } from './folder/lock.js';
import {
  assertSameModel,
  type Manifest,
  type ModelIdentity,
  readManifest,
  readPlan,
  writeManifest,
} from './folder/manifest.js';
import { countProblem, type ProblemReport, toReport } from './folder/problem-report.js';
import { readSources } from './folder/read-step.js';
import { sweep } from './folder/sweep.js';
import { openVectorsFile, openVectorsWriter } from './folder/vectors-file.js';
import type { EntitySource, SourceProblem } from './sources/source.js';
import { type Database, openDatabase } from './store/database.js';
import type { ProblemCounts } from './store/facts.js';
import { createStoreWriter, type StoreWriter } from './store/store-writer.js';

const commonOptionNames = ['folder', 'index', 'discardIndex', 'logger', ...workOptionNames];
const addOptionNames = [
  ...commonOptionNames,
  'sources',
  'encoder',
  'model',
  'onDuplicate',
  'onError',
  'onProblem',
  'readBatchSize',
  'encodeBatchSize',
];

export interface AddEntitiesOptions extends WorkOptions {
  readonly folder: string;
  /** None: completes an addition that was stopped. */
  readonly sources: readonly EntitySource[];
  readonly encoder: EntityEncoder;
  readonly model: ModelIdentity;
  /** The backend and the settings that the manifest names. */
  readonly index: IndexProvider;
  /** Deletes what an older index has left at a server. @default `index.discard`, for its own backend */
  readonly discardIndex?: DiscardIndex | undefined;
  /** What an id that is stored already does: nothing, but count as a problem; or replace the entity. @default 'skip' */
  readonly onDuplicate?: 'skip' | 'replace' | undefined;
  /** What a record that cannot be used does. @default 'skip' */
  readonly onError?: 'skip' | 'stop' | undefined;
  readonly onProblem?: ((problem: SourceProblem) => void) | undefined;
  /** Records per commit. @default 5000 */
  readonly readBatchSize?: number | undefined;
  /** Entities per call of the encoder. @default 1024 */
  readonly encodeBatchSize?: number | undefined;
  readonly logger?: Logger | undefined;
}

export interface AddResult {
  readonly manifest: Manifest;
  /** Entities that are new, those of an addition that was stopped before included. */
  readonly added: number;
  /** Entities that had to give way. */
  readonly replaced: number;
  readonly problems: ProblemReport;
}

/**
 * Adds entities to a finished knowledge base. They can be found when this returns, all at once; stopped before, none of
 * them can, and the next call (the same, or one without sources) completes the work.
 * @throws `KB_LOCKED`, `KB_WRONG_MODEL`, `KB_WRONG_INDEX`, `KB_BAD_ENTITY` (with `onError: 'stop'`), those of
 * `openKnowledgeBase`, those of the sources
 */
export async function addEntities(options: AddEntitiesOptions): Promise<AddResult> {
  assertKnownOptions('addEntities', options, addOptionNames);
  const { folder, sources, encoder, model, onDuplicate = 'skip', onError = 'skip', onProblem } = options;
  const { readBatchSize = 5000, encodeBatchSize = 1024, logger = silentLogger, signal, onProgress } = options;
  return change(options, async ({ manifest, database, writer }) => {
    assertSameModel(folder, manifest.model, model);
    let counts: ProblemCounts = { errors: {}, warnings: {} };
    const removals = writer.facts.removals;
    const { through } = manifest.index;
    const last = writer.facts.nextKey - 1;
    // What an addition that was stopped has brought in: the same call meets it again.
    const isPending = (id: string) => {
      const [key] = database.get<[number]>('SELECT key FROM entities WHERE id = ?', id) ?? [0];
      return key > through && key <= last;
    };
    await readSources(database, writer, sources, {
      onError,
      onProblem(problem) {
        counts = countProblem(counts, problem);
        onProblem?.(problem);
      },
      onDuplicate,
      isExpected: last > through ? isPending : undefined,
      batchSize: readBatchSize,
      groupSize: 1, // readers are about
      updateFilter: true,
      isResumable: false,
      signal,
      onProgress,
    });
    const vectors = await openVectorsWriter(join(folder, manifest.vectors.file), model.dimensions);
    try {
      await encodeEntities(database, writer, vectors, { encoder, batchSize: encodeBatchSize, signal, onProgress });
    } finally {
      await vectors.close();
    }
    const [added] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', manifest.index.through) ?? [
      0,
    ];
    logger.info(`${added} entities read and encoded`);
    const updated = await settle(options, manifest, database, writer);
    return { manifest: updated, added, replaced: writer.facts.removals - removals, problems: toReport(counts) };
  });
}

export interface RemoveEntitiesOptions extends WorkOptions {
  readonly folder: string;
  readonly ids: readonly string[];
  readonly index: IndexProvider;
  /** As `addEntities` has it. */
  readonly discardIndex?: DiscardIndex | undefined;
  readonly logger?: Logger | undefined;
  /**
   * Leaves the index as it is, which for millions of entities saves minutes. Removed entities never appear either way;
   * the next change takes them out of the index. @default false
   */
  readonly deferIndex?: boolean | undefined;
}

export interface RemoveResult {
  readonly manifest: Manifest;
  readonly removed: number;
}

/**
 * Removes entities by their ids; ids that are not stored are passed over. Their keys are never given out again.
 * @throws `KB_LOCKED`, `KB_WRONG_INDEX`, those of `openKnowledgeBase`
 */
export async function removeEntities(options: RemoveEntitiesOptions): Promise<RemoveResult> {
  assertKnownOptions('removeEntities', options, [...commonOptionNames, 'ids', 'deferIndex']);
  return change(options, async ({ manifest, database, writer }) => {
    const removed = writer.remove(options.ids);
    return { manifest: await settle(options, manifest, database, writer), removed };
  });
}

interface ChangeOptions extends WorkOptions {
  readonly folder: string;
  readonly index: IndexProvider;
  readonly discardIndex?: DiscardIndex | undefined;
  readonly logger?: Logger | undefined;
  readonly deferIndex?: boolean | undefined;
}

interface Opened {
  readonly manifest: Manifest;
  readonly database: Database;
  readonly writer: StoreWriter;
}

async function change<T>({ folder, index }: ChangeOptions, work: (opened: Opened) => Promise<T>): Promise<T> {
  return inKnowledgeBase(folder, async () => {
    await readManifest(folder); // before the lock makes a file in a folder that is none of ours
    const lock = lockFolder(folder);
    try {
      const manifest = await readManifest(folder);
      assertSameIndex(folder, manifest.index, index);
      const database = openDatabase(join(folder, manifest.store.file), { cacheMegabytes: 64 });
      try {
        return await work({ manifest, database, writer: createStoreWriter(database) });
      } finally {
        database.close();
      }
    } finally {
      lock.release();
    }
  });
}

/**
 * Makes index and manifest follow the store. The store is changed first and the manifest last: whatever is found
 * between the two, `through` and `removals` of the manifest's index tell what is left to do.
 */
async function settle(
  { folder, index: provider, discardIndex, logger, deferIndex = false, signal, onProgress }: ChangeOptions,
  manifest: Manifest,
  database: Database,
  writer: StoreWriter,
): Promise<Manifest> {
  const plan = await readPlan(folder);
  const { model } = manifest;
  const current = manifest.index;
  const generation = Math.max(current.generation, plan?.generation ?? 0) + 1;
  const vectors = openVectorsFile(join(folder, manifest.vectors.file), model.dimensions);
  try {
    const step = { folder, provider, vectors, model, generation, discardIndex, logger, signal, onProgress, current };
    const index = deferIndex ? current : await updateIndex(database, step);
    const { entities, names, worlds } = writer.facts;
    const [pending] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', index.through) ?? [0];
    const counts = { entities: entities - pending, names, worlds };
    const updated: Manifest = { ...manifest, updated: new Date().toISOString(), index, counts };
    await writeManifest(folder, updated);
    writer.forgetRemovals(index.removals);
    await sweep(folder, updated, { plan, provider, discardIndex, logger });
    return updated;
  } finally {
    vectors.close();
  }
}
