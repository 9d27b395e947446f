import type { SourcePosition } from '../sources/source.js';
import type { Database } from './database.js';

/** Where reading stands. */
export interface ReadingProgress {
  /** Sources before this one are finished. */
  readonly source: number;
  readonly position: SourcePosition | null;
  readonly isDone: boolean;
}

/** Problems of all sources so far, by code. */
export interface ProblemCounts {
  readonly errors: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
}

/** What the store knows of itself, changed in the same transaction as what it is about. */
export interface Facts {
  /** The key of the next entity. Only grows: no key is ever used again. */
  nextKey: number;
  entities: number;
  names: number;
  worlds: number;
  /** Entities removed, ever. */
  removals: number;
  /** Entities up to this key have their vector on disk. */
  encodedThrough: number;
  /** Entries that the names filter was made for, and those it has now. */
  filterCapacity: number;
  filterItems: number;
  /** The lexicon, where there is one, holds the entities up to this key: all of them, unless it was stopped while it was made. */
  lexiconThrough: number;
  reading: ReadingProgress;
  problems: ProblemCounts;
}

const atFirst: Facts = {
  nextKey: 1,
  entities: 0,
  names: 0,
  worlds: 0,
  removals: 0,
  encodedThrough: 0,
  filterCapacity: 0,
  filterItems: 0,
  lexiconThrough: 0,
  reading: { source: 0, position: null, isDone: false },
  problems: { errors: {}, warnings: {} },
};

export function readFacts(database: Database): Facts {
  const rows = database.all<[keyof Facts, string]>('SELECT name, value FROM facts');
  return { ...atFirst, ...Object.fromEntries(rows.map(([name, value]) => [name, JSON.parse(value)])) };
}

/** Only inside a transaction that changes what the facts are about. */
export function writeFacts(database: Database, facts: Partial<Facts>): void {
  for (const [name, value] of Object.entries(facts)) {
    database.run('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, JSON.stringify(value));
  }
}
