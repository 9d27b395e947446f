import { assertRows, type WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { Database } from '../store/database.js';
import type { StoreWriter } from '../store/store-writer.js';
import type { VectorsWriter } from './vectors-file.js';

/** Vectors that were computed elsewhere. */
export interface GivenVectors {
  readonly rows: number;
  read(start: number, end: number, options?: WorkOptions): Promise<Float32Array>; // [end - start, dimensions]
}

export interface CopyStepOptions extends WorkOptions {
  readonly given: GivenVectors;
  readonly batchSize: number;
}

/** Copies the vectors of the entities that have none yet, with the same order of writes as `encodeEntities`. */
export async function copyVectors(
  database: Database,
  writer: StoreWriter,
  vectors: VectorsWriter,
  { given, batchSize, signal, onProgress }: CopyStepOptions,
): Promise<void> {
  const total = writer.facts.entities;
  const [last] = database.get<[number | null]>('SELECT max(key) FROM entities') ?? [null];
  // An entity's row is its key - 1: so no record may have been skipped.
  if (given.rows !== total || (last ?? 0) !== total) {
    throw knowledgeBaseError('KB_VECTOR_COUNT', {
      what: `${given.rows} vectors were given for ${total} entities.`,
      why: 'Row n is the vector of the nth entity.',
      fix: 'Give the sources that the vectors were made of, each record of which can be read.',
      details: { vectors: given.rows, entities: total },
    });
  }
  const { dimensions } = vectors;
  await vectors.truncate(writer.facts.encodedThrough);
  for (let start = writer.facts.encodedThrough; start < total; ) {
    signal?.throwIfAborted();
    const end = Math.min(start + batchSize, total);
    const rows = { data: await given.read(start, end, { signal }), count: end - start };
    assertRows({ name: `given vectors ${start} to ${end}`, dimensions }, rows);
    await vectors.write(
      Array.from({ length: rows.count }, (_, i) => start + 1 + i),
      rows,
    );
    await vectors.sync();
    writer.setFacts({ encodedThrough: end });
    start = end;
    onProgress?.({ step: 'copy vectors', done: end, total, unit: 'vectors' });
  }
}
