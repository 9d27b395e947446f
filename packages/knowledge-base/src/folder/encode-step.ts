import { assertRows, type EntityEncoder, type Rows, type WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { Database } from '../store/database.js';
import { aliasesFrom } from '../store/entity-rows.js';
import type { StoreWriter } from '../store/store-writer.js';
import type { VectorsWriter } from './vectors-file.js';

export interface EncodeStepOptions extends WorkOptions {
  readonly encoder: EntityEncoder;
  readonly batchSize: number;
}

/** Of a text of 10 MB the encoder gets this much: far more than any model reads. */
const longestText = 20_000;

/**
 * Encodes the entities that have no vector yet, in the order of their keys. A batch counts as done only when its
 * vectors are on the disk: the order of the two writes is what a kill at any point relies on.
 */
export async function encodeEntities(
  database: Database,
  writer: StoreWriter,
  vectors: VectorsWriter,
  { encoder, batchSize, signal, onProgress }: EncodeStepOptions,
): Promise<void> {
  await vectors.truncate(writer.facts.encodedThrough);
  const total = writer.facts.entities;
  const [left] = database.get<[number]>('SELECT count(*) FROM entities WHERE key > ?', writer.facts.encodedThrough) ?? [
    0,
  ];
  for (let done = total - left; ; ) {
    signal?.throwIfAborted();
    const rows = database.all<[number, string, string, string | null]>(
      'SELECT key, title, substr(text, 1, ?), aliases FROM entities WHERE key > ? ORDER BY key LIMIT ?',
      longestText,
      writer.facts.encodedThrough,
      batchSize,
    );
    if (rows.length === 0) return;
    const entities = rows.map(([, title, text, aliases]) => ({ title, text, ...aliasesFrom(aliases) }));
    const report = (now: number) => onProgress?.({ step: 'encode entities', done: now, total, unit: 'entities' });
    const encoded = await encoder.encodeEntities(entities, {
      signal,
      onProgress: (batch) => report(done + batch.done),
    });
    assertEncoded(encoder, encoded, rows.length);
    const keys = rows.map(([key]) => key);
    await vectors.write(keys, encoded);
    await vectors.sync();
    writer.setFacts({ encodedThrough: keys.at(-1)! });
    done += rows.length;
    report(done);
  }
}

function assertEncoded(encoder: EntityEncoder, rows: Rows, expected: number): void {
  if (rows.count !== expected) {
    throw knowledgeBaseError('KB_BAD_ENCODER', {
      what: `The encoder gave ${rows.count} vectors for ${expected} entities.`,
      fix: 'This is a fault of the encoder; nothing of this batch was stored.',
      details: { expected, found: rows.count },
    });
  }
  assertRows({ name: 'encoder', dimensions: encoder.dimensions }, rows);
}
