import type { Entity } from '@referent/core';

/** Why a record of a source was not read as it stands. */
export type SourceProblemCode =
  | 'malformed-line'
  | 'line-too-long'
  | 'not-an-object'
  | 'missing-id'
  | 'missing-title'
  | 'bad-field'
  | 'duplicate-id'
  | 'missing-text'
  | 'invalid-utf8';

export interface SourceProblem {
  readonly code: SourceProblemCode;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** One sentence for a person. */
  readonly reason: string;
  /** An `error` costs the record; with a `warning` the entity is kept. */
  readonly severity: 'error' | 'warning';
}

/** How far a source has been read: whole files before `file`, and `record` records of it. */
export interface SourcePosition {
  readonly file: number;
  readonly record: number;
}

/** One record of a source: an entity, a problem, or an entity with a warning. */
export interface SourceItem {
  readonly file: string;
  /** Where the record starts, from 1. */
  readonly line: number;
  /** Where to go on after this record. */
  readonly position: SourcePosition;
  /** Bytes of the source read so far, as stored (compressed bytes of a .gz). */
  readonly bytes: number;
  readonly entity?: Entity;
  readonly problem?: SourceProblem;
}

export interface ReadSourceOptions {
  /** Goes on after this position. @default the beginning */
  readonly from?: SourcePosition | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Entities from somewhere, streamed in bounded memory, always in the same order. */
export interface EntitySource {
  /** Shown to people: the path. */
  readonly name: string;
  /** Plain data that is equal as long as the source is the same: a build goes on only with the same sources. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Bytes to read in all, where that is known. */
  readonly bytes?: number;
  read(options?: ReadSourceOptions): AsyncIterable<SourceItem>;
}
