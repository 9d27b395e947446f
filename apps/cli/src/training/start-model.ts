import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReferentError } from '@referent/core';
import { createTokenizer, type Tokenizer } from '@referent/tokenizer';
import { type BertConfig, type NamedWeights, parseBertConfig, readSafetensors } from '@referent/transformer';

/** The files of a model that training starts from. */
export interface StartModel {
  readonly folder: string;
  readonly config: BertConfig;
  /** config.json as it is. */
  readonly configJson: string;
  readonly weights: NamedWeights;
  readonly tokenizer: Tokenizer;
  /** Id of [MASK], where the vocabulary has it. */
  readonly maskId?: number;
  /** referent-model.json, where there is one. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/**
 * The entity encoder of a model, or its re-ranker where that is asked for and there is one.
 * @throws `MODEL_MISSING_FILE`, and those of configuration, tokenizer and weights
 */
export async function readStartModel(folder: string, part: 'encoder' | 're-ranker' = 'encoder'): Promise<StartModel> {
  const manifestJson = await readOptional(join(folder, 'referent-model.json'));
  const manifest = manifestJson && (JSON.parse(manifestJson.toString('utf8')) as Record<string, unknown>);
  const { entityEncoder, crossEncoder } = (manifest ?? {}) as Readonly<
    Record<string, { weights?: string } | undefined>
  >;
  const chosen = (part === 're-ranker' ? crossEncoder : undefined) ?? entityEncoder;
  const weightsFolder = join(folder, chosen?.weights ?? '.');
  const configJson = (await read(join(weightsFolder, 'config.json'))).toString('utf8');
  const tokenizerJson = JSON.parse((await read(join(folder, 'tokenizer.json'))).toString('utf8')) as object;
  const tokenizerConfig = await readOptional(join(folder, 'tokenizer_config.json'));
  const maskId = (tokenizerJson as { model?: { vocab?: Record<string, number> } }).model?.vocab?.['[MASK]'];
  return {
    folder,
    configJson,
    config: parseBertConfig(configJson),
    weights: readSafetensors(await read(join(weightsFolder, 'model.safetensors')), { prefix: 'bert.' }),
    tokenizer: createTokenizer({
      tokenizerJson,
      ...(tokenizerConfig && { tokenizerConfig: tokenizerConfig.toString('utf8') }),
    }),
    ...(maskId !== undefined && { maskId }),
    ...(manifest && { manifest }),
  };
}

async function read(path: string): Promise<Buffer> {
  const bytes = await readOptional(path);
  if (bytes) return bytes;
  throw new ReferentError('MODEL_MISSING_FILE', {
    what: `There is no ${path}.`,
    fix: 'Give a folder with config.json, tokenizer.json and model.safetensors.',
    details: { file: path },
  });
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
