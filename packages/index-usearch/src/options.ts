import { assertKnownOptions, ReferentError, type VectorStore } from '@referent/core';

/** How a vector is kept: 4, 2, 1 and 1/8 byte per value. */
export type Quantization = 'f32' | 'f16' | 'i8' | 'b1';

export interface UsearchOptions {
  /** Length of every vector. */
  readonly dimensions: number;
  /** Edges per node and level. More: better recall, more memory, slower. @default 16 */
  readonly connectivity?: number;
  /** Candidates kept while adding. More: better recall, slower to build. @default 256 */
  readonly expansionAdd?: number;
  /** Candidates kept while searching. More: better recall, slower. @default 64 */
  readonly expansionSearch?: number;
  /** `i8` and `b1` keep directions only: they take unit vectors, and `b1` needs `rescore`. @default 'f32' */
  readonly quantization?: Quantization;
  /** Threads for adding and searching; 0 is one per core. @default 0 */
  readonly threads?: number;
  /** Full-precision vectors: hits are scored again with them, so that scores are exact whatever the quantization. */
  readonly rescore?: VectorStore | undefined;
  /** Times k hits that are fetched to be scored again. @default 1 for `f32`, 1.02 for `f16` and `i8`, 16 for `b1` */
  readonly oversampling?: number;
}

export interface OpenUsearchOptions extends UsearchOptions {
  readonly path: string;
  /** Map the file into memory instead of reading it: starts at once, and is read-only. @default false */
  readonly view?: boolean;
  /** Compare the checksum of the whole file before using it. @default true, and false for a view */
  readonly verify?: boolean;
}

export type Settings = Required<Omit<UsearchOptions, 'rescore'>> & Pick<UsearchOptions, 'rescore'>;

export const indexName = 'usearch';

const optionNames = [
  'dimensions',
  'connectivity',
  'expansionAdd',
  'expansionSearch',
  'quantization',
  'threads',
  'rescore',
  'oversampling',
  'path',
  'view',
  'verify',
];

const quantizations: readonly Quantization[] = ['f32', 'f16', 'i8', 'b1'];

/** Measured on 50,000 real embeddings: more of `i8` than these, with the reserve of the search, find no more (docs/scale.md). */
const usualOversampling: Readonly<Partial<Record<Quantization, number>>> = { f16: 1.02, i8: 1.02, b1: 16 };

/** @throws `INDEX_INVALID_OPTIONS` */
export function settingsOf(
  {
    dimensions,
    connectivity = 16,
    expansionAdd = 256,
    expansionSearch = 64,
    quantization = 'f32',
    threads = 0,
    rescore,
    oversampling = usualOversampling[quantization] ?? 1,
    ...unknown
  }: UsearchOptions,
  cores: number,
): Settings {
  assertKnownOptions('The usearch index', unknown, optionNames);
  const counts = { dimensions, connectivity, expansionAdd, expansionSearch };
  for (const [option, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) throw invalid(`${option} must be a positive integer, got ${value}.`);
  }
  if (!(oversampling >= 1 && oversampling <= 1000))
    throw invalid(`oversampling must be 1 to 1000, got ${oversampling}.`);
  if (connectivity < 2) throw invalid('connectivity must be 2 or more.');
  if (!Number.isInteger(threads) || threads < 0) throw invalid(`threads must be 0 or more, got ${threads}.`);
  if (!quantizations.includes(quantization)) {
    throw invalid(`quantization must be one of ${quantizations.join(', ')}, got ${quantization}.`);
  }
  if (quantization === 'b1' && !rescore) {
    throw invalid(
      'quantization b1 needs `rescore`.',
      'One bit per value finds candidates, but the order among them and their scores come from the full vectors.',
    );
  }
  if (rescore && rescore.dimensions !== dimensions) {
    throw invalid(`\`rescore\` has vectors of ${rescore.dimensions}, the index of ${dimensions}.`);
  }
  return {
    dimensions,
    connectivity,
    expansionAdd,
    expansionSearch,
    quantization,
    // More threads than cores are of no use, and usearch reserves room for no more.
    threads: threads === 0 ? cores : Math.min(threads, cores),
    rescore,
    oversampling,
  };
}

function invalid(what: string, why?: string): ReferentError {
  return new ReferentError('INDEX_INVALID_OPTIONS', { what: `${indexName}: ${what}`, ...(why && { why }) });
}
