import type { EntityStore, MentionDetector } from '@referent/core';
import {
  createAutoDetector,
  createMarkedDetector,
  createNamesDetector,
  createStatisticalDetector,
} from '@referent/mention-detection';
import type { LinkerKnowledge } from './parts.js';

export const detectorKinds = ['auto', 'marked', 'names', 'statistical'] as const;
export type DetectorKind = (typeof detectorKinds)[number];

/** The detector of this kind for a knowledge base. */
export async function createDetector(
  kind: DetectorKind,
  { names, store }: Pick<LinkerKnowledge, 'names' | 'store'>,
): Promise<MentionDetector> {
  if (kind === 'marked') return createMarkedDetector();
  if (kind === 'statistical') return createStatisticalDetector();
  const namesAreProper = await titlesAreProper(store);
  return kind === 'names'
    ? createNamesDetector({ names, namesAreProper })
    : createAutoDetector({ names, namesAreProper });
}

const sampleSize = 500;

/** Whether the titles are proper names ("Paris") or terms ("mitochondrion"), as most of the first ones are. */
async function titlesAreProper(store: EntityStore): Promise<boolean> {
  const sample = await store.get(Array.from({ length: sampleSize }, (_, i) => i + 1));
  const titles = sample.flatMap((entity) => entity?.title ?? []);
  const proper = titles.filter((title) => /\p{Lu}/u.test(title));
  return proper.length >= titles.length / 2;
}
