import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isReferentError, ReferentError, type WorkOptions } from '@referent/core';
import type { ModelManifest } from '@referent/model';
import { openTorchFile, type TorchFile, writeSafetensorsFile } from '@referent/torch-checkpoint/node';
import { bertSizes, type SizesWithSource } from './bert-sizes.js';
import { type BlinkConfig, readBlinkConfig } from './blink-config.js';
import { type Contradiction, contradictionError } from './errors.js';
import { linearLayer, planTower, type Tower } from './tower.js';
import { readVocabulary } from './vocabulary.js';

/** Weights and configuration of one of BLINK's models. */
export interface BlinkModelFiles {
  readonly model: string;
  readonly config: string;
}

export interface ImportModelOptions extends WorkOptions {
  readonly biEncoder: BlinkModelFiles;
  readonly crossEncoder?: BlinkModelFiles;
  /** config.json of the BERT, where `bert_model` is not a well-known name. */
  readonly bertConfig?: string;
  readonly vocabulary: string;
  readonly folder: string;
  /** Takes the place of a model that is there. */
  readonly replace?: boolean;
}

export interface ImportedModel {
  readonly manifest: ModelManifest;
  readonly bertModel: string;
  /** Of the weights that were written. */
  readonly bytes: number;
  /** What the user may want to know, in words. */
  readonly notes: readonly string[];
}

/**
 * Makes a model folder of BLINK's files. Checks all of them before it writes; weights are streamed, a few MiB at a time, and
 * the manifest is written last: a folder with a manifest is whole.
 * @throws `IMPORT_BAD_CONFIG`, `IMPORT_CONFIG_CONTRADICTS`, `IMPORT_WRONG_TENSORS`, `IMPORT_EXISTS`, `IMPORT_FILE_UNREADABLE`,
 * `MODEL_WRITE_FAILED`, and those of the checkpoint and the vocabulary
 */
export async function importModel(options: ImportModelOptions): Promise<ImportedModel> {
  const { biEncoder, crossEncoder, bertConfig, vocabulary, folder } = options;
  const config = await readBlinkConfig(biEncoder.config);
  const crossConfig = crossEncoder && (await readBlinkConfig(crossEncoder.config));
  const bert = await bertSizes(config, bertConfig);
  const crossBert = crossConfig && (await bertSizes(crossConfig, bertConfig));
  assertLengths(config, bert, crossConfig, crossBert);
  const tokenizer = await readVocabulary(vocabulary, {
    lowercase: config.lowercase,
    size: bert.sizes.vocab_size,
    weights: `the bi-encoder of ${bert.file}`,
  });
  const open: TorchFile[] = [];
  try {
    const checkpointOf = async (path: string) => {
      const checkpoint = await openTorchFile(path, options.signal && { signal: options.signal });
      open.push(checkpoint);
      return checkpoint;
    };
    const checkpoint = await checkpointOf(biEncoder.model);
    const both = { file: biEncoder.model, checkpoint, config, bert };
    const towers = [
      planTower({ ...both, folder: 'mention', encoder: 'context_encoder' }),
      planTower({ ...both, folder: 'entity', encoder: 'cand_encoder' }),
    ];
    if (crossEncoder && crossConfig && crossBert) {
      const cross = { file: crossEncoder.model, checkpoint: await checkpointOf(crossEncoder.model) };
      towers.push(
        planTower({ ...cross, folder: 're-ranker', encoder: 'encoder', config: crossConfig, bert: crossBert }),
      );
    }
    const manifest = manifestOf(basename(folder), config, crossConfig);
    await assertFree(folder, options.replace ?? false);
    const bytes = await writeModelFolder({ folder, towers, tokenizer, manifest }, options);
    return { manifest, bertModel: config.bertModel, bytes, notes: crossConfig ? notesOn(config, crossConfig) : [] };
  } finally {
    for (const file of open) await file.close();
  }
}

/**
 * One tokenizer for both models, and inputs that fit the position tables. The context's and the candidate's length are the
 * bi-encoder's for both, whatever the re-ranker's configuration says: so it is in BLINK's main_dense.
 */
function assertLengths(
  config: BlinkConfig,
  bert: SizesWithSource,
  cross?: BlinkConfig,
  crossBert?: SizesWithSource,
): void {
  const beyond = (field: string, says: number, { sizes }: SizesWithSource): Contradiction[] =>
    says <= sizes.max_position_embeddings ? [] : [{ field, says, found: `${sizes.max_position_embeddings} positions` }];
  const ofBiEncoder = [
    ...beyond('max_context_length', config.maxContextLength, bert),
    ...beyond('max_cand_length', config.maxCandLength, bert),
  ];
  if (ofBiEncoder.length > 0) throw contradictionError(config.file, ofBiEncoder, 'its BERT');
  if (!cross || !crossBert) return;
  const whole = Math.min(cross.maxSeqLength, config.maxContextLength + config.maxCandLength - 1);
  const ofCrossEncoder = [...beyond('max_seq_length', whole, crossBert)];
  if (cross.lowercase !== config.lowercase) {
    ofCrossEncoder.push({ field: 'lowercase', says: cross.lowercase, found: `${config.lowercase} in ${config.file}` });
  }
  if (!cross.addLinear) ofCrossEncoder.push({ field: 'add_linear', says: false, found: 'that a score needs it' });
  else if (cross.outDim !== 1)
    ofCrossEncoder.push({ field: 'out_dim', says: cross.outDim, found: 'that a score is 1 number' });
  if (ofCrossEncoder.length > 0)
    throw contradictionError(cross.file, ofCrossEncoder, 'a re-ranker for this bi-encoder');
}

function notesOn(config: BlinkConfig, cross: BlinkConfig): string[] {
  const lengths = [
    ['max_context_length', cross.maxContextLength, config.maxContextLength],
    ['max_cand_length', cross.maxCandLength, config.maxCandLength],
  ] as const;
  return lengths
    .filter(([, own, used]) => own !== used)
    .map(
      ([field, own, used]) =>
        `${cross.file} says "${field}" ${own}; the bi-encoder's ${used} is used for both, as BLINK does.`,
    );
}

function manifestOf(name: string, config: BlinkConfig, cross: BlinkConfig | undefined): ModelManifest {
  const { maxContextLength, maxCandLength } = config;
  const head = config.addLinear
    ? ({ pooling: 'pooler', projection: linearLayer } as const)
    : ({ pooling: 'cls' } as const);
  const whole = maxContextLength + maxCandLength - 1;
  return {
    format: 1,
    name,
    entityEncoder: { weights: 'entity', ...head, normalize: false, layout: 'blink', maximumLength: maxCandLength },
    mentionEncoders: {
      name: { weights: 'mention', ...head, normalize: false, layout: 'blink', maximumLength: maxContextLength },
    },
    ...(cross && {
      crossEncoder: {
        weights: 're-ranker',
        pooling: 'pooler',
        projection: linearLayer,
        maximumContextLength: maxContextLength,
        maximumLength: Math.min(whole, cross.maxSeqLength),
        ...(cross.maxSeqLength < whole && { maximumEntityLength: maxCandLength }),
      },
    }),
    // BLINK's own way: the bi-encoder alone proposes, and the last model that was asked decides. Both were trained with a
    // softmax over raw scores.
    linking: { nameScores: {}, fusion: { weights: { dense: 1 } }, decision: { temperature: 1 } },
  };
}

const parts = new Set([
  'referent-model.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'mention',
  'entity',
  're-ranker',
]);

/** An absent or empty folder, one that an import left behind, or with `replace` another model. */
async function assertFree(folder: string, replace: boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw writeFailed(folder, error);
  });
  const foreign = names.filter((name) => !parts.has(name.replace(/\.new$/, '')));
  const isModel = names.includes('referent-model.json');
  if (foreign.length === 0 && (replace || !isModel)) return;
  throw new ReferentError('IMPORT_EXISTS', {
    what: `${folder} holds ${isModel ? 'a model' : 'other files'} already.`,
    fix: foreign.length > 0 ? 'Choose another folder.' : 'Choose another folder, or give --replace.',
    details: { folder, files: names },
  });
}

interface ModelFolder {
  readonly folder: string;
  readonly towers: readonly Tower[];
  readonly tokenizer: { readonly tokenizerJson: object; readonly tokenizerConfig: object };
  readonly manifest: ModelManifest;
}

async function writeModelFolder(
  { folder, towers, tokenizer, manifest }: ModelFolder,
  { signal, onProgress }: WorkOptions,
): Promise<number> {
  let bytes = 0;
  try {
    await mkdir(folder, { recursive: true });
    await rm(join(folder, 'referent-model.json'), { force: true });
    await rm(join(folder, 're-ranker'), { force: true, recursive: true });
    await writeWhole(join(folder, 'tokenizer.json'), tokenizer.tokenizerJson);
    await writeWhole(join(folder, 'tokenizer_config.json'), tokenizer.tokenizerConfig);
    for (const { folder: name, checkpoint, configJson, rename: renamed } of towers) {
      const path = join(folder, name, 'model.safetensors');
      await mkdir(join(folder, name), { recursive: true });
      await writeWhole(join(folder, name, 'config.json'), configJson);
      await writeSafetensorsFile(path, checkpoint, {
        rename: renamed,
        ...(signal && { signal }),
        onProgress: (progress) => onProgress?.({ ...progress, step: `convert ${name} encoder` }),
      });
      bytes += (await stat(path)).size;
    }
    await writeWhole(join(folder, 'referent-model.json'), manifest);
    return bytes;
  } catch (error) {
    if (isReferentError(error) || signal?.aborted) throw error;
    throw writeFailed(folder, error);
  }
}

async function writeWhole(path: string, json: object): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(`${JSON.stringify(json, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function writeFailed(folder: string, cause: unknown): ReferentError {
  return new ReferentError('MODEL_WRITE_FAILED', {
    what: `The model could not be written to ${folder}.`,
    ...(cause instanceof Error && { why: `${cause.message}.` }),
    fix: 'Make room or choose another folder, then run the same command again.',
    details: { folder },
    cause,
  });
}
