import { type NameMatchKind, ReferentError } from '@referent/core';
import type { CrossEncoderSettings } from '@referent/cross-encoder';
import type { EntityLayout, MentionLayout } from '@referent/tokenizer';

/** One encoder of a model folder: which weights it reads and how its inputs are laid out. */
export interface EncoderSettings<Layout extends string = string> {
  /** Folder with config.json and model.safetensors, relative to the model folder. @default "." */
  readonly weights?: string;
  /** @default "mean" */
  readonly pooling?: 'cls' | 'mean' | 'pooler';
  /** Names of a linear layer over what was pooled. @default none */
  readonly projection?: { readonly weight: string; readonly bias: string };
  /** Vectors of length 1, so that the inner product is the cosine. @default true */
  readonly normalize?: boolean;
  readonly layout: Layout;
  /** Tokens, [CLS] and [SEP] included. */
  readonly maximumLength: number;
}

/** The re-ranker of a model folder: a BERT with one more linear layer, which gives the score. */
export interface RerankerSettings extends CrossEncoderSettings {
  /** Folder with config.json and model.safetensors, relative to the model folder. */
  readonly weights: string;
  /** What the linear layer reads. */
  readonly pooling: 'cls' | 'pooler';
  /** Names of the linear layer. @default classifier.weight and classifier.bias */
  readonly projection?: { readonly weight: string; readonly bias: string };
}

interface Weighting {
  readonly weights: Readonly<Record<string, number>>;
  readonly missing?: Readonly<Record<string, number>>;
}

/** How the evidence becomes one score and a probability: chosen on development data, shipped with the model. */
export interface LinkingSettings {
  /** The names source's score by the kind of match; a kind that is left out proposes nothing. */
  readonly nameScores: Readonly<Partial<Record<NameMatchKind, number>>>;
  /** As `@referent/pipeline` takes it; the scores are called dense, names and topic. */
  readonly fusion: Weighting & {
    readonly having?: Weighting & { readonly score: string; readonly inLowerCase?: Weighting };
  };
  /** How the re-ranker's score and the fused one are mixed. @default the re-ranker's alone */
  readonly rerank?: { readonly rerank: number; readonly retrieval: number };
  readonly decision: { readonly temperature?: number; readonly nilScore?: number; readonly nilThreshold?: number };
}

/** `referent-model.json`. */
export interface ModelManifest {
  readonly format: 1;
  readonly name: string;
  readonly entityEncoder: EncoderSettings<EntityLayout>;
  /** `name` retrieves; `topic`, where there is one, compares what the surrounding text is about. */
  readonly mentionEncoders: {
    readonly name: EncoderSettings<MentionLayout>;
    readonly topic?: EncoderSettings<MentionLayout>;
  };
  readonly crossEncoder?: RerankerSettings;
  readonly linking: LinkingSettings;
}

/** @throws `MODEL_NEWER_FORMAT`, `MODEL_INVALID_MANIFEST` naming the field */
export function parseManifest(json: unknown, file: string): ModelManifest {
  const manifest = json as Partial<ModelManifest> | null;
  const invalid = (why: string) =>
    new ReferentError('MODEL_INVALID_MANIFEST', { what: `${file} does not describe a model.`, why, details: { file } });
  if (typeof manifest !== 'object' || manifest === null) throw invalid('It is no JSON object.');
  if (typeof manifest.format === 'number' && manifest.format > 1) {
    throw new ReferentError('MODEL_NEWER_FORMAT', {
      what: `${file} has format ${manifest.format}; this version of Referent reads format 1.`,
      fix: 'Install a newer Referent.',
      details: { file, format: manifest.format },
    });
  }
  if (manifest.format !== 1) throw invalid('"format" must be 1.');
  if (typeof manifest.name !== 'string' || manifest.name === '') throw invalid('"name" is missing.');
  for (const [field, encoder] of [
    ['entityEncoder', manifest.entityEncoder],
    ['mentionEncoders.name', manifest.mentionEncoders?.name],
    ...(manifest.mentionEncoders?.topic ? [['mentionEncoders.topic', manifest.mentionEncoders.topic] as const] : []),
  ] as const) {
    if (typeof encoder?.layout !== 'string') throw invalid(`"${field}.layout" is missing.`);
    if (!Number.isInteger(encoder.maximumLength)) throw invalid(`"${field}.maximumLength" must be an integer.`);
  }
  if (manifest.crossEncoder && typeof manifest.crossEncoder.weights !== 'string') {
    throw invalid('"crossEncoder.weights" is missing.');
  }
  if (typeof manifest.linking?.fusion?.weights !== 'object') throw invalid('"linking.fusion.weights" is missing.');
  return manifest as ModelManifest;
}
