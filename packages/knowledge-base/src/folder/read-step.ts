import type { Entity, WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { EntitySource, SourceItem, SourceProblem } from '../sources/source.js';
import type { Database } from '../store/database.js';
import type { ReadingProgress } from '../store/facts.js';
import type { InsertOptions, StoreWriter } from '../store/store-writer.js';
import { countProblem } from './problem-report.js';

export interface ReadStepOptions extends WorkOptions {
  readonly onError: 'skip' | 'stop';
  readonly onProblem?: ((problem: SourceProblem) => void) | undefined;
  readonly onDuplicate?: 'skip' | 'replace';
  /** Ids that are no problem when they are met again. @default none */
  readonly isExpected?: ((id: string) => boolean) | undefined;
  readonly batchSize: number;
  readonly updateFilter: boolean;
  /**
   * While nobody reads the store, so many records are committed together: names fall all over their index, and a page
   * of it is then written once for thousands of them. What a kill costs is the time to read them again.
   */
  readonly groupSize: number;
  /** Goes on where the store says that reading stopped, and notes there how far it came. */
  readonly isResumable: boolean;
}

type Placed = SourceItem & { readonly entity: Entity };

/** A batch is committed early when its texts reach this, so that huge texts do not pile up in memory. */
const batchCharacters = 8 * 1024 * 1024;

/** Reads sources into the store. Every commit holds entities, problems and the place to go on from, together. */
export async function readSources(
  database: Database,
  writer: StoreWriter,
  sources: readonly EntitySource[],
  options: ReadStepOptions,
): Promise<void> {
  let grouped = 0;
  const onBatch = (records: number) => {
    grouped += records;
    if (grouped < options.groupSize) return;
    database.commitGroup();
    database.beginGroup();
    grouped = 0;
  };
  database.beginGroup();
  try {
    await readBatches(writer, sources, options, onBatch);
  } finally {
    database.commitGroup(); // also what was read before an error or a signal
  }
}

async function readBatches(
  writer: StoreWriter,
  sources: readonly EntitySource[],
  options: ReadStepOptions,
  onBatch: (records: number) => void,
): Promise<void> {
  const { signal, onProgress } = options;
  const total = sources.every(({ bytes }) => bytes !== undefined)
    ? sources.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
    : undefined;
  const start = options.isResumable ? writer.facts.reading : { source: 0, position: null };
  let bytesBefore = 0;

  for (const [index, source] of sources.entries()) {
    if (index >= start.source) {
      const from = index === start.source ? (start.position ?? undefined) : undefined;
      let batch = emptyBatch();
      const flush = (reading: ReadingProgress) => {
        commitBatch(writer, batch, reading, options);
        onBatch(batch.seen);
        const done = total === undefined ? writer.facts.entities : bytesBefore + batch.bytes;
        const unit = total === undefined ? 'entities' : 'bytes';
        onProgress?.({ step: 'read entities', done, unit, ...(total !== undefined && { total }) });
        batch = emptyBatch();
      };
      for await (const item of source.read({ from, signal })) {
        if (item.problem) reportProblem(item.problem, batch, options);
        if (item.entity) {
          batch.items.push(item as Placed);
          batch.characters += item.entity.text.length;
        }
        batch.seen++;
        batch.bytes = item.bytes;
        if (batch.seen < options.batchSize && batch.characters < batchCharacters) continue;
        flush({ source: index, position: item.position, isDone: false });
        signal?.throwIfAborted();
      }
      batch.bytes = source.bytes ?? 0;
      flush({ source: index + 1, position: null, isDone: index + 1 === sources.length });
      signal?.throwIfAborted();
    }
    bytesBefore += source.bytes ?? 0;
  }
}

interface Batch {
  readonly items: Placed[];
  readonly problems: SourceProblem[];
  seen: number;
  characters: number;
  bytes: number;
}

const emptyBatch = (): Batch => ({ items: [], problems: [], seen: 0, characters: 0, bytes: 0 });

function commitBatch(writer: StoreWriter, batch: Batch, reading: ReadingProgress, options: ReadStepOptions): void {
  const { onDuplicate = 'skip', isExpected, updateFilter, onProblem, onError, isResumable } = options;
  const duplicates: SourceProblem[] = [];
  const insert: InsertOptions = {
    onDuplicate,
    updateFilter,
    facts: ({ duplicates: positions }) => {
      const items = positions.map((position) => batch.items[position]!);
      duplicates.push(...items.filter(({ entity }) => !isExpected?.(entity.id)).map(duplicateOf));
      if (onError === 'stop' && duplicates[0]) throw stopped(duplicates[0]); // rolls the batch back
      if (!isResumable) return {};
      return { reading, problems: [...batch.problems, ...duplicates].reduce(countProblem, writer.facts.problems) };
    },
  };
  writer.insert(
    batch.items.map(({ entity }) => entity),
    insert,
  );
  for (const problem of duplicates) onProblem?.(problem);
}

function reportProblem(problem: SourceProblem, batch: Batch, { onError, onProblem }: ReadStepOptions): void {
  if (onError === 'stop' && problem.severity === 'error') throw stopped(problem);
  batch.problems.push(problem);
  onProblem?.(problem);
}

function duplicateOf({ entity, file, line }: Placed): SourceProblem {
  const reason = `the id ${JSON.stringify(entity.id)} has been read before; the first entity with it stays`;
  return { code: 'duplicate-id', severity: 'error', file, line, reason };
}

function stopped(problem: SourceProblem): Error {
  return knowledgeBaseError('KB_BAD_ENTITY', {
    what: `${problem.file}, line ${problem.line}: ${problem.reason}.`,
    why: 'The build was asked to stop at the first record that it cannot use.',
    fix: 'Run it again to skip such records and count them; or correct the file and build from the beginning.',
    details: { ...problem },
  });
}
