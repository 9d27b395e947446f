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
import { createFileReader, type FileReader, inWeightsFile } from './file-reader.js';
import { joinPath, type ModelFiles, parseJson, placeOf } from './files.js';
import {
  type EncoderSettings,
  type LinkingSettings,
  type ModelManifest,
  parseManifest,
  type RerankerSettings,
} from './manifest.js';
import { sentenceEncoderManifest } from './sentence-encoder.js';

export interface OpenModelOptions extends WorkOptions {
  /** In Referent's layout (with a `referent-model.json`), or the Hugging Face layout. */
  readonly files: ModelFiles;
  /** Stays the caller's: it is not closed with the model. */
  readonly engine: Engine;
  /** What to call a model that does not say it itself. @default the last part of its location */
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

export const optionNames: readonly string[] = ['files', 'engine', 'name', 'entityLayout', ...workOptionNames];

/**
 * Opens a model from its files, wherever they lie. Encoders that share weights and pooling share one transformer.
 * `@referent/model/node` has the same function for a folder.
 * @throws `MODEL_MISSING_FILE`, `MODEL_INVALID_JSON`, `MODEL_INVALID_MANIFEST`, `MODEL_NEWER_FORMAT`, `MODEL_NO_HASH`,
 * and those of the files, of tokenizer, configuration and weights
 */
export async function openModel({
  files,
  engine,
  name,
  entityLayout,
  ...work
}: OpenModelOptions): Promise<Model & AsyncClosing> {
  assertKnownOptions('openModel', work, optionNames);
  const reader = createFileReader(files, work);
  const manifest = withEntityLayout(await readManifest(files, name ?? lastPart(files.location), work), entityLayout);
  const tokenizer = await openTokenizer(reader);
  const transformers = createTransformerPool(files, engine, reader, work);
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
      hash: await reader.hash(JSON.stringify(entityEncoder)),
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
    reader.forget();
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

async function openTokenizer(reader: FileReader): Promise<Tokenizer> {
  const tokenizerJson = await reader.readJson('tokenizer.json');
  const tokenizerConfig = await reader.readOptionalJson('tokenizer_config.json');
  return createTokenizer({ tokenizerJson, ...(tokenizerConfig && { tokenizerConfig }) });
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
function createTransformerPool(
  files: ModelFiles,
  engine: Engine,
  reader: FileReader,
  work: WorkOptions,
): TransformerPool {
  const open = new Map<string, Promise<Transformer>>();

  /** Those in the model folder itself: an encoder whose file has no embeddings takes them from there. */
  async function sharedWeights() {
    const bytes = await reader.read('model.safetensors');
    return readSafetensors(bytes, { prefix: 'bert.', fingerprint: reader.hashOf('model.safetensors') });
  }

  async function create(weightsFolder: string, head: BertHead): Promise<Transformer> {
    const path = (name: string) => joinPath(weightsFolder, name);
    const isOwn = joinPath(weightsFolder) === '';
    const config = parseBertConfig(await reader.readJson(path('config.json')));
    const bytes = await reader.read(path('model.safetensors'));
    const fingerprint = reader.hashOf(path('model.safetensors'));
    const transformer = await inWeightsFile(placeOf(files, path('model.safetensors')), async () => {
      const own = readSafetensors(bytes, { prefix: 'bert.', fingerprint });
      const weights = own.has(wordTable) || isOwn ? own : layeredWeights(own, await sharedWeights());
      return createTransformer({ config, weights, engine, head, ...work });
    });
    // Untied towers of BERT-large are 1.3 GB each: one at a time is enough.
    if (!isOwn) reader.release(path('model.safetensors'));
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

/** Not through the reader: what the vectors depend on of it goes into the hash by itself. */
async function readManifest(files: ModelFiles, name: string, options: WorkOptions): Promise<ModelManifest> {
  const json = async (file: string) => {
    const bytes = await files.read(file, options);
    return bytes && (parseJson(bytes, placeOf(files, file)) as Record<string, unknown>);
  };
  const own = await json('referent-model.json');
  if (own !== undefined) return parseManifest(own, placeOf(files, 'referent-model.json'));
  const readsCls = (await json('1_Pooling/config.json'))?.pooling_mode_cls_token === true;
  return sentenceEncoderManifest(name, readsCls ? 'cls' : 'mean');
}

function lastPart(location: string): string {
  return location.split(/[\\/]/).findLast((part) => part !== '') ?? location;
}
