import type { Database } from '../store/database.js';
import { readFacts } from '../store/facts.js';

/** Vectors that are added to an index at once. */
const batchSize = 8192;

/** Encoded entities with keys above `after`. */
export function countKeysAfter(database: Database, after: number): number {
  const { encodedThrough } = readFacts(database);
  const sql = 'SELECT count(*) FROM entities WHERE key > ? AND key <= ?';
  return database.get<[number]>(sql, after, encodedThrough)?.[0] ?? 0;
}

/** Their keys, ascending, in batches. */
export function* keysAfter(database: Database, after: number): Generator<Uint32Array> {
  const { encodedThrough } = readFacts(database);
  for (let through = after; ; ) {
    const rows = database.all<[number]>(
      'SELECT key FROM entities WHERE key > ? AND key <= ? ORDER BY key LIMIT ?',
      through,
      encodedThrough,
      batchSize,
    );
    if (rows.length === 0) return;
    const keys = Uint32Array.from(rows, ([key]) => key);
    through = keys.at(-1)!;
    yield keys;
  }
}
