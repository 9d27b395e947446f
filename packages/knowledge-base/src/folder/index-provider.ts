import type { VectorIndex, VectorStore, WorkOptions } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { JsonObject } from './manifest.js';

/** Where an index is that keeps by itself what it is given: in a folder, or at a server. */
export interface IndexResidence {
  /** For its table or collection: letters, digits and underscores. No other index has it. */
  readonly name: string;
  /** What the provider said of the place when the index was made. */
  readonly where: JsonObject;
  /** Of this index alone, in the knowledge base; there only if the provider makes it. Swept away with the index. */
  readonly folder: string;
  /** To be kept with the vectors and compared: which index this is, and of which model. */
  readonly label: string;
}

export interface IndexContext {
  readonly backend: string;
  readonly settings: JsonObject;
  /** The full-precision vectors: a quantized index re-scores its hits with them. */
  readonly vectors: VectorStore;
  /** It will be added to and saved. Otherwise it is only searched, and may be mapped instead of loaded. */
  readonly isWritable: boolean;
  /** Absent where the index is a file. */
  readonly residence?: IndexResidence | undefined;
}

/** Opens an index that was saved to a file. Throws if it is damaged or of another shape. */
export type OpenIndex = (path: string, dimensions: number, context: IndexContext) => Promise<VectorIndex>;

/** What an index that keeps by itself what it is given may have besides. */
export interface ResidentIndex extends VectorIndex {
  /** Of each key, whether it is stored: what an earlier try has left need not be added again. */
  contains?(keys: Uint32Array): boolean[] | Promise<boolean[]>;
  /** After the last addition: makes it outlive a kill and fast to search. */
  finish?(work: WorkOptions): Promise<void>;
}

/** Makes the vector indexes of a knowledge base. The app chooses the backend; nothing here knows one by name. */
export interface IndexProvider {
  /** As in the manifest: "usearch". Also the ending of the index's file. */
  readonly backend: string;
  /** Plain data: with other settings it would be another index. */
  readonly settings: JsonObject;
  /**
   * Where an index of so many vectors of such a length lives if it keeps by itself what it is given, as plain data without secrets;
   * undefined if it is saved to a file. @default always a file
   */
  readonly residence?: ((vectors: number, dimensions: number) => JsonObject | undefined) | undefined;
  /** With a residence: makes it there, or opens what a killed call has left there. */
  create(dimensions: number, context: IndexContext): Promise<ResidentIndex>;
  /** With a residence: opens it there; the path is that of its note. */
  readonly open: OpenIndex;
  /** Deletes what lives at a residence outside its folder. One that is gone is no error. */
  readonly discard?: DiscardIndex | undefined;
}

export type DiscardIndex = (dimensions: number, context: Omit<IndexContext, 'vectors'>) => Promise<void>;

/** @throws `KB_WRONG_INDEX` */
export function assertSameIndex(
  folder: string,
  found: Pick<IndexProvider, 'backend' | 'settings'>,
  wanted: Pick<IndexProvider, 'backend' | 'settings'>,
): void {
  if (found.backend === wanted.backend && sameJson(found.settings, wanted.settings)) return;
  const describe = ({ backend, settings }: typeof found) => `${backend} ${JSON.stringify(settings)}`;
  throw knowledgeBaseError('KB_WRONG_INDEX', {
    what: `The knowledge base ${folder} has another index.`,
    why: `It was built with ${describe(found)}, not with ${describe(wanted)}.`,
    fix: 'Use the index that its manifest names, or build it again.',
    details: { folder, found: { ...found }, wanted: { backend: wanted.backend, settings: wanted.settings } },
  });
}

/** Equal as JSON, whatever the order of the keys; `undefined` counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
