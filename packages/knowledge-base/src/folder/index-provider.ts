import type { VectorIndex, VectorStore } from '@referent/core';
import { knowledgeBaseError } from '../errors.js';
import type { JsonObject } from './manifest.js';

export interface IndexContext {
  readonly backend: string;
  readonly settings: JsonObject;
  /** The full-precision vectors: a quantized index re-scores its hits with them. */
  readonly vectors: VectorStore;
  /** It will be added to and saved. Otherwise it is only searched, and may be mapped instead of loaded. */
  readonly isWritable: boolean;
}

/** Opens an index that was saved to a file. Throws if it is damaged or of another shape. */
export type OpenIndex = (path: string, dimensions: number, context: IndexContext) => Promise<VectorIndex>;

/** Makes the vector indexes of a knowledge base. The app chooses the backend; nothing here knows one by name. */
export interface IndexProvider {
  /** As in the manifest: "usearch". Also the ending of the index's file. */
  readonly backend: string;
  /** Plain data: with other settings it would be another index. */
  readonly settings: JsonObject;
  create(dimensions: number, context: IndexContext): Promise<VectorIndex>;
  readonly open: OpenIndex;
}

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
