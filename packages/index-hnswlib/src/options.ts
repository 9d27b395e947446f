import { assertKnownOptions, ReferentError } from '@referent/core';

export interface HnswlibIndexOptions {
  /** Length of every vector. */
  readonly dimensions: number;
  /** Edges per node and level. More: better recall, more memory, slower. @default 16 */
  readonly connectivity?: number | undefined;
  /** Candidates kept while adding. More: better recall, slower to build. @default 256 */
  readonly expansionAdd?: number | undefined;
  /** Candidates kept while searching. More: better recall, slower. @default 64 */
  readonly expansionSearch?: number | undefined;
}

export interface OpenHnswlibIndexOptions extends HnswlibIndexOptions {
  readonly path: string;
}

export interface Settings {
  readonly dimensions: number;
  readonly connectivity: number;
  readonly expansionAdd: number;
  readonly expansionSearch: number;
}

export const indexName = 'hnswlib';

const optionNames = ['dimensions', 'connectivity', 'expansionAdd', 'expansionSearch', 'path'];

/** @throws `INDEX_INVALID_OPTIONS` */
export function settingsOf({
  dimensions,
  connectivity = 16,
  expansionAdd = 256,
  expansionSearch = 64,
  ...unknown
}: HnswlibIndexOptions): Settings {
  assertKnownOptions('The hnswlib index', unknown, optionNames);
  const settings = { dimensions, connectivity, expansionAdd, expansionSearch };
  for (const [option, value] of Object.entries(settings)) {
    const least = option === 'connectivity' ? 2 : 1;
    if (Number.isInteger(value) && value >= least) continue;
    throw new ReferentError('INDEX_INVALID_OPTIONS', {
      what: `${indexName}: ${option} must be a whole number from ${least}, got ${value}.`,
    });
  }
  return settings;
}
