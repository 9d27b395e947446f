import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { createEntityEncoder, createMentionEncoder } from '@referent/bi-encoder';
import {
  type AsyncClosing,
  assertKnownOptions,
  asyncClosing,
  type EntityEncoder,
  type MentionEncoder,
  type PairScorer,
  type WorkOptions,
  workOptionNames,
} from '@referent/core';
import { createCrossEncoder } from '@referent/cross-encoder';
import type { Engine } from '@referent/tensor-ops';
import { createTokenizer, type EntityLayout, type Tokenizer } from '@referent/tokenizer';
import {
  type BertHead,
  createTransformer,
  layeredWeights,
  parseBertConfig,
  readSafetensors,
  type Transformer,
} from '@referent/transformer';
import {
  type EncoderSettings,
  type LinkingSettings,
  type ModelManifest,
  parseManifest,
  type RerankerSettings,
} from './manifest.js';
import { inWeightsFile, parseJson, readModelFile, readOptionalModelFile } from './read-model-file.js';
import { sentenceEncoderManifest } from './sentence-encoder.js';

export interface OpenModelOptions extends WorkOptions {
  /** Referent's layout (with a `referent-model.json`), or the Hugging Face layout. */
  readonly folder: string;
  /** Stays the caller's: it is not closed with the model. */
  readonly engine: Engine;
  /** What to call a model that does not say it itself. @default the folder's name */
  readonly name?: string | undefined;
  /** Reads entities in another layout than the model's own, to repeat an evaluation that did: the hash is another, too. */
  readonly entityLayout?: EntityLayout | undefined;
}

/** A model, ready to encode and score. */
export interface Model {
  readonly name: string;
  /** SHA-256 over all that the vectors depend on: weights, configuration, tokenizer, settings. */
  readonly hash: string;
  readonly entityEncoder: EntityEncoder;
  /** Two views of a mention: its name, and the topic of the text around it. */
  readonly mentionEncoders: { readonly name: MentionEncoder; readonly topic?: MentionEncoder };
  /** Absent where the model has no re-ranker. */
  readonly pairScorer?: PairScorer;
  readonly linking: LinkingSettings;
  close(): Promise<void>;
}

/**
 * Opens a model folder. Encoders that share weights and pooling share one transformer.
 * @throws `MODEL_MISSING_FILE`, `MODEL_INVALID_JSON`, `MODEL_INVALID_MANIFEST`, `MODEL_NEWER_FORMAT`, and those of
 * tokenizer, configuration and weights
 */
export async function openModel({
  folder,
  engine,
  name,
  entityLayout,
  ...work
}: OpenModelOptions): Promise<Model & AsyncClosing> {
  assertKnownOptions('openModel', work, ['folder', 'engine', 'name', 'entityLayout', ...workOptionNames]);
  const files = createFileReader(folder);
  const manifest = withEntityLayout(await readManifest(folder, name ?? basename(resolve(folder))), entityLayout);
  const tokenizer = await openTokenizer(folder, files);
  const transformers = createTransformerPool(folder, engine, files, work);
  const { entityEncoder, mentionEncoders, crossEncoder } = manifest;
  try {
    const mentionEncoder = async (settings: EncoderSettings<ModelManifest['mentionEncoders']['name']['layout']>) => {
      const { layout, maximumLength } = settings;
      return createMentionEncoder({ tokenizer, transformer: await transformers.open(settings), layout, maximumLength });
    };
    const { layout, maximumLength } = entityEncoder;
    const transformer = await transformers.open(entityEncoder);
    const biEncoder = {
      entityEncoder: createEntityEncoder({ tokenizer, transformer, layout, maximumLength }),
      mentionEncoders: {
        name: await mentionEncoder(mentionEncoders.name),
        ...(mentionEncoders.topic && { topic: await mentionEncoder(mentionEncoders.topic) }),
      },
      // Before the re-ranker is read: another one leaves the vectors of a knowledge base as they are.
      hash: files.hash(JSON.stringify(entityEncoder)),
    };
    return asyncClosing<Model>({
      name: manifest.name,
      ...biEncoder,
      ...(crossEncoder && { pairScorer: await openCrossEncoder(manifest.name, crossEncoder, tokenizer, transformers) }),
      linking: manifest.linking,
      close: transformers.close,
    });
  } catch (error) {
    await transformers.close();
    throw error;
  } finally {
    files.forget();
  }
}

function withEntityLayout(manifest: ModelManifest, entityLayout: EntityLayout | undefined): ModelManifest {
  if (entityLayout === undefined) return manifest;
  const { entityEncoder, crossEncoder } = manifest;
  return {
    ...manifest,
    entityEncoder: { ...entityEncoder, layout: entityLayout },
    ...(crossEncoder && { crossEncoder: { ...crossEncoder, entityLayout } }),
  };
}

async function openTokenizer(folder: string, files: FileReader): Promise<Tokenizer> {
  const json = (bytes: Buffer, name: string) => parseJson(bytes, folder, name) as object;
  const tokenizerJson = json(await files.read('tokenizer.json'), 'tokenizer.json');
  const config = await files.readOptional('tokenizer_config.json');
  return createTokenizer({ tokenizerJson, ...(config && { tokenizerConfig: json(config, 'tokenizer_config.json') }) });
}

const classifier = { weight: 'classifier.weight', bias: 'classifier.bias' };

async function openCrossEncoder(
  name: string,
  settings: RerankerSettings,
  tokenizer: Tokenizer,
  transformers: TransformerPool,
) {
  const { weights, pooling, projection = classifier, ...layout } = settings;
  const transformer = await transformers.openWithHead(weights, { pooling, normalize: false, projection });
  return createCrossEncoder({ name, tokenizer, transformer, ...layout });
}

const wordTable = 'embeddings.word_embeddings.weight';

interface TransformerPool {
  open(settings: EncoderSettings): Promise<Transformer>;
  openWithHead(weights: string, head: BertHead): Promise<Transformer>;
  close(): Promise<void>;
}

/** Opens each pair of weights and head once. */
function createTransformerPool(folder: string, engine: Engine, files: FileReader, work: WorkOptions): TransformerPool {
  const open = new Map<string, Promise<Transformer>>();

  /** Those in the model folder itself: an encoder whose file has no embeddings takes them from there. */
  async function sharedWeights() {
    const bytes = await files.read('model.safetensors');
    return readSafetensors(bytes, { prefix: 'bert.', fingerprint: files.hashOf('model.safetensors') });
  }

  async function create(weightsFolder: string, head: BertHead): Promise<Transformer> {
    const path = (name: string) => join(weightsFolder, name);
    const config = parseBertConfig(
      parseJson(await files.read(path('config.json')), folder, path('config.json')) as object,
    );
    const bytes = await files.read(path('model.safetensors'));
    const fingerprint = files.hashOf(path('model.safetensors'));
    const transformer = await inWeightsFile(join(folder, path('model.safetensors')), async () => {
      const own = readSafetensors(bytes, { prefix: 'bert.', fingerprint });
      const weights = own.has(wordTable) || weightsFolder === '.' ? own : layeredWeights(own, await sharedWeights());
      return createTransformer({ config, weights, engine, head, ...work });
    });
    // Untied towers of BERT-large are 1.3 GB each: one at a time is enough.
    if (weightsFolder !== '.') files.release(path('model.safetensors'));
    return transformer;
  }

  const pool: TransformerPool = {
    open: ({ weights = '.', pooling = 'mean', projection, normalize = true }) =>
      pool.openWithHead(weights, { pooling, ...(projection && { projection }), normalize }),
    openWithHead(weights, head) {
      const key = JSON.stringify([weights, head]);
      const known = open.get(key) ?? create(weights, head);
      open.set(key, known);
      return known;
    },
    async close() {
      // One that failed to open must not keep the others open.
      const transformers = await Promise.allSettled(open.values());
      open.clear();
      for (const transformer of transformers) if (transformer.status === 'fulfilled') await transformer.value.close();
    },
  };
  return pool;
}

async function readManifest(folder: string, name: string): Promise<ModelManifest> {
  const own = await readOptionalModelFile(folder, 'referent-model.json');
  if (own) return parseManifest(parseJson(own, folder, 'referent-model.json'), join(folder, 'referent-model.json'));
  const pooling = await readOptionalModelFile(folder, '1_Pooling/config.json');
  const settings = pooling ? (parseJson(pooling, folder, '1_Pooling/config.json') as Record<string, unknown>) : {};
  const readsCls = settings.pooling_mode_cls_token === true;
  return sentenceEncoderManifest(name, readsCls ? 'cls' : 'mean');
}

interface FileReader {
  read(name: string): Promise<Buffer>;
  /** Undefined where there is no such file. */
  readOptional(name: string): Promise<Buffer | undefined>;
  /** Lets go of the bytes of a file, and keeps its hash. */
  release(name: string): void;
  /** SHA-256 of a file that was read. */
  hashOf(name: string): string;
  /** SHA-256 over all files that were read, and `settings`. */
  hash(settings: string): string;
  /** Lets go of the bytes: the engine has its own copy by now. */
  forget(): void;
}

function createFileReader(folder: string): FileReader {
  const read = new Map<string, { readonly bytes?: Buffer; readonly hash: string }>();
  const fileOf = (name: string) => read.get(join(name))!;
  async function remember(name: string, load: () => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
    const known = read.get(join(name));
    if (known?.bytes) return known.bytes;
    const bytes = await load();
    if (bytes) read.set(join(name), { bytes, hash: createHash('sha256').update(bytes).digest('hex') });
    return bytes;
  }

  return {
    async read(name) {
      return (await remember(name, () => readModelFile(folder, name)))!;
    },
    release: (name) => read.set(join(name), { hash: fileOf(name).hash }),
    readOptional: (name) => remember(name, () => readOptionalModelFile(folder, name)),
    hashOf: (name) => fileOf(name).hash,
    hash(settings) {
      const total = createHash('sha256').update(settings);
      for (const name of [...read.keys()].sort()) total.update(`\n${name} ${fileOf(name).hash}`);
      return total.digest('hex');
    },
    forget: () => read.clear(),
  };
}
