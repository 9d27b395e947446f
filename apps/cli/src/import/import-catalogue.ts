import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EntityText, Logger, WorkOptions } from '@referent/core';
import {
  type BuildResult,
  buildKnowledgeBase,
  type EntitySource,
  type IndexProvider,
  openEntitySource,
} from '@referent/knowledge-base';
import { checkRowCount } from '@referent/torch-checkpoint';
import { identityOf } from '../assemble/knowledge-base.js';
import type { OpenedModel } from '../assemble/model.js';
import { countRecords } from './count-records.js';
import { type Encodings, openEncodings } from './encodings.js';

export interface ImportCatalogueOptions extends WorkOptions {
  readonly catalogue: string;
  /** Row n is the vector of line n. @default computed */
  readonly encoding?: string;
  readonly model: OpenedModel;
  readonly index: IndexProvider;
  readonly folder: string;
  readonly replace?: boolean | undefined;
  readonly logger: Logger;
}

/** Rows that are read and written at once: 16 MiB of BERT-large's. */
const copyBatch = 4096;
/** Entities whose vectors are also computed, to see whether encodings and model belong together. */
const sampleSize = 4;
const leastCosine = 0.99;

/**
 * Makes a knowledge base of BLINK's entity.jsonl, in its order. A line that cannot be read stops it: with encodings, every
 * later row would belong to another entity.
 * @throws `KB_BAD_ENTITY` naming file and line, `TORCH_ROW_COUNT` naming both counts, `IMPORT_ENCODING_SHAPE`, and those of
 * the checkpoint and of building
 */
export async function importCatalogue(options: ImportCatalogueOptions): Promise<BuildResult> {
  const { catalogue, encoding, model, index, folder, replace, logger, signal, onProgress } = options;
  const source = await openEntitySource(catalogue, { format: 'jsonl' });
  const build = {
    folder,
    encoder: model.entityEncoder,
    model: identityOf(model),
    index,
    onError: 'stop',
    replace,
    logger,
    signal,
    onProgress,
  } as const;
  if (encoding === undefined) return buildKnowledgeBase({ ...build, sources: [source] });

  const encodings = await openEncodings(encoding, model.entityEncoder.dimensions);
  try {
    const lines = await countRecords(catalogue, { signal, onProgress });
    checkRowCount(encodings.rows, lines, { file: encoding, other: catalogue });
    await compareSample(source, encodings, options);
    return await buildKnowledgeBase({
      ...build,
      sources: [{ ...source, identity: { ...source.identity, encoding: await identityOfFile(encoding) } }],
      vectors: encodings,
      encodeBatchSize: copyBatch,
    });
  } finally {
    await encodings.close();
  }
}

/** A build that was stopped goes on only with the same encodings. */
async function identityOfFile(path: string) {
  const { size, mtimeMs } = await stat(path);
  return { path: resolve(path), size, modified: mtimeMs };
}

/** Warns where the first encodings are not what the model computes: most likely they come from another model. */
async function compareSample(
  source: EntitySource,
  encodings: Encodings,
  { model, logger, signal }: ImportCatalogueOptions,
) {
  const sample: EntityText[] = [];
  for await (const { entity } of source.read({ signal })) {
    if (!entity) return; // the build says what is wrong with it
    sample.push(entity);
    if (sample.length === sampleSize) break;
  }
  const { dimensions } = model.entityEncoder;
  const { data } = await model.entityEncoder.encodeEntities(sample, { signal });
  const given = await encodings.read(0, sample.length);
  const rowOf = (rows: Float32Array, i: number) => rows.subarray(i * dimensions, (i + 1) * dimensions);
  const cosines = sample.map((_, i) => cosine(rowOf(data, i), rowOf(given, i)));
  const worst = Math.min(...cosines);
  if (worst >= leastCosine) return;
  logger.warn(
    `${encodings.file}: the first encodings are not what the model gives (cosine ${worst.toFixed(3)}). They may be another model's.`,
  );
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}
