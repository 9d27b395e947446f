import type { EntityLayout, MentionLayout, PairLayout } from '@referent/tokenizer';
import { type Fields, readSettings } from './settings-schema.js';

export interface SetSettings {
  readonly name?: string;
  readonly entities: readonly string[];
  readonly mentions: readonly string[];
  readonly weight?: number;
  readonly limit?: number;
  readonly worlds?: readonly string[];
  /** Whether negatives are mined in it: a large set without worlds takes long. */
  readonly mine: boolean;
  readonly hardNegatives?: number;
}

interface CommonSettings {
  readonly sets: readonly SetSettings[];
  readonly dev?: readonly SetSettings[];
  readonly freeze: { readonly embeddings: boolean; readonly layers: number };
  readonly entity: { readonly layout: EntityLayout; readonly maximumLength: number };
  readonly mention: { readonly layout: MentionLayout; readonly maximumLength: number };
  readonly augmentation: {
    readonly maskMention: number;
    readonly dropPrefix: number;
    readonly unmarked: number;
    readonly alias: number;
  };
  readonly steps: number;
  readonly batchSize: number;
  readonly accumulation: number;
  readonly learningRate: number;
  readonly warmup: number;
  readonly decay: 'linear' | 'constant';
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly dropout: number;
  readonly namesakes: number;
  readonly mixingTemperature: number;
  readonly perWorld: boolean;
  readonly mining?: { readonly from: number; readonly every: number; readonly depth: number; readonly skip: number };
  readonly evaluateEvery: number;
  readonly patience?: number;
  readonly checkpointEvery: number;
  readonly seed: number;
  readonly chunkTokens: number;
  readonly keptTokens: number;
  readonly distillation?: {
    readonly teacher: string;
    readonly loss: 'kl' | 'margin';
    readonly temperature: number;
    readonly weight: number;
  };
}

export interface BiEncoderSettings extends CommonSettings {
  readonly start?: string;
  readonly tied: boolean;
  readonly pooling: 'mean' | 'cls';
  readonly temperature: number;
  readonly symmetric: boolean;
  readonly hardNegatives: number;
  readonly recallAt: number;
}

export interface CrossEncoderSettings extends CommonSettings {
  /** The bi-encoder that proposes the candidates; the model that is written has both. */
  readonly retriever?: string;
  /** Model whose re-ranker, or encoder where it has none, the re-ranker starts from. @default the retriever */
  readonly start?: string;
  readonly pooling: 'cls' | 'pooler';
  readonly pairLayout: PairLayout;
  readonly candidates: number;
  readonly injectGold: boolean;
  /** Cosines of the retriever over this temperature are added to the re-ranker's scores while it learns. */
  readonly firstStage?: { readonly temperature: number };
  readonly devCandidates: number;
}

const set: Fields = {
  name: { kind: 'text', optional: true },
  entities: { kind: 'texts' },
  mentions: { kind: 'texts' },
  weight: { kind: 'number', optional: true },
  limit: { kind: 'count', optional: true },
  worlds: { kind: 'texts', optional: true },
  mine: { kind: 'boolean', default: true },
  hardNegatives: { kind: 'count', from: 0, optional: true },
};
const share = { kind: 'number', to: 1 } as const;

const common: Fields = {
  sets: { kind: 'list', fields: set },
  dev: { kind: 'list', fields: set, optional: true },
  freeze: {
    kind: 'group',
    fields: { embeddings: { kind: 'boolean', default: true }, layers: { kind: 'count', from: 0, default: 0 } },
  },
  entity: {
    kind: 'group',
    fields: {
      layout: { kind: 'choice', of: ['aliases', 'separated', 'blink'], default: 'aliases' },
      maximumLength: { kind: 'count', from: 8, default: 64 },
    },
  },
  mention: {
    kind: 'group',
    fields: {
      layout: {
        kind: 'choice',
        of: ['mention-first', 'blink', 'sentence', 'mention-only'],
        default: 'mention-first',
      },
      maximumLength: { kind: 'count', from: 8, default: 64 },
    },
  },
  augmentation: {
    kind: 'group',
    fields: {
      maskMention: { ...share, default: 0 },
      dropPrefix: { ...share, default: 0 },
      unmarked: { ...share, default: 0 },
      alias: { ...share, default: 0 },
    },
  },
  steps: { kind: 'count', default: 1000 },
  batchSize: { kind: 'count', from: 2, default: 64 },
  accumulation: { kind: 'count', default: 1 },
  learningRate: { kind: 'number', default: 4e-5 },
  warmup: { ...share, default: 0.1 },
  decay: { kind: 'choice', of: ['linear', 'constant'], default: 'linear' },
  weightDecay: { kind: 'number', default: 0.01 },
  clipNorm: { kind: 'number', default: 1 },
  dropout: { kind: 'number', to: 0.9, default: 0.1 },
  namesakes: { kind: 'count', from: 0, default: 8 },
  mixingTemperature: { kind: 'number', from: 1, default: 2 },
  perWorld: { kind: 'boolean', default: true },
  mining: {
    kind: 'group',
    optional: true,
    fields: {
      from: { kind: 'count', from: 0, default: 0 },
      every: { kind: 'count', default: 500 },
      depth: { kind: 'count', default: 32 },
      skip: { kind: 'count', from: 0, default: 0 },
    },
  },
  evaluateEvery: { kind: 'count', default: 200 },
  patience: { kind: 'count', optional: true },
  checkpointEvery: { kind: 'count', default: 100 },
  seed: { kind: 'count', from: 0, default: 1 },
  chunkTokens: { kind: 'count', default: 2048 },
  keptTokens: { kind: 'count', from: 0, default: 8192 },
  distillation: {
    kind: 'group',
    optional: true,
    fields: {
      teacher: { kind: 'text' },
      loss: { kind: 'choice', of: ['kl', 'margin'], default: 'kl' },
      temperature: { kind: 'number', default: 2 },
      weight: { ...share, default: 0.5 },
    },
  },
};

const biEncoder: Fields = {
  start: { kind: 'text', optional: true },
  tied: { kind: 'boolean', default: true },
  pooling: { kind: 'choice', of: ['mean', 'cls'], default: 'mean' },
  temperature: { kind: 'number', default: 0.05 },
  symmetric: { kind: 'boolean', default: false },
  hardNegatives: { kind: 'count', from: 0, default: 2 },
  recallAt: { kind: 'count', default: 1 },
  ...common,
};

const crossEncoder: Fields = {
  retriever: { kind: 'text', optional: true },
  start: { kind: 'text', optional: true },
  pooling: { kind: 'choice', of: ['cls', 'pooler'], default: 'cls' },
  pairLayout: { kind: 'choice', of: ['compact', 'blink'], default: 'compact' },
  candidates: { kind: 'count', from: 2, default: 8 },
  injectGold: { kind: 'boolean', default: true },
  firstStage: {
    kind: 'group',
    optional: true,
    fields: { temperature: { kind: 'number', from: 0.001, default: 0.05 } },
  },
  devCandidates: { kind: 'count', from: 2, default: 16 },
  ...common,
};

/** @throws `SETTINGS_INVALID` */
export function readBiEncoderSettings(json: unknown, file: string): BiEncoderSettings {
  return readSettings(json, biEncoder, file) as unknown as BiEncoderSettings;
}

/** @throws `SETTINGS_INVALID` */
export function readCrossEncoderSettings(json: unknown, file: string): CrossEncoderSettings {
  return readSettings(json, crossEncoder, file) as unknown as CrossEncoderSettings;
}
