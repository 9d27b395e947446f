import { createEntityEncoder, createMentionEncoder } from '@referent/bi-encoder';
import {
  type AsyncClosing,
  asyncClosing,
  type EntityEncoder,
  type MentionEncoder,
  type WorkOptions,
} from '@referent/core';
import type { Engine } from '@referent/tensor-ops';
import type { EntityLayout, MentionLayout, Tokenizer } from '@referent/tokenizer';
import { createTransformer, readSafetensors, type Transformer, writeSafetensors } from '@referent/transformer';
import type { Tower } from './tower.js';

export interface TowerEncodersOptions extends WorkOptions {
  readonly tokenizer: Tokenizer;
  readonly towers: { readonly mention: Tower; readonly entity: Tower };
  /** Runs them: a graph engine is several times faster than the training's own operations. */
  readonly engine: Engine;
  readonly mention: { readonly layout: MentionLayout; readonly maximumLength: number };
  readonly entity: { readonly layout: EntityLayout; readonly maximumLength: number };
}

export interface TowerEncoders {
  readonly mentionEncoder: MentionEncoder;
  readonly entityEncoder: EntityEncoder;
  close(): Promise<void>;
}

/** Encoders of the towers as they are now, without dropout: for mining and for dev metrics. Training goes on beside them. */
export async function createTowerEncoders({
  tokenizer,
  towers,
  engine,
  mention,
  entity,
  ...work
}: TowerEncodersOptions): Promise<TowerEncoders & AsyncClosing> {
  const mentions = await createTowerTransformer({ tower: towers.mention, engine, ...work });
  const entities =
    towers.entity === towers.mention
      ? mentions
      : await createTowerTransformer({ tower: towers.entity, engine, ...work });
  return asyncClosing<TowerEncoders>({
    mentionEncoder: createMentionEncoder({ tokenizer, transformer: mentions, ...mention }),
    entityEncoder: createEntityEncoder({ tokenizer, transformer: entities, ...entity }),
    async close() {
      await mentions.close();
      if (entities !== mentions) await entities.close();
    },
  });
}

export interface TowerTransformerOptions extends WorkOptions {
  readonly tower: Tower;
  readonly engine: Engine;
}

/** A tower as it is now, behind any engine: what `createCrossEncoder` takes, for one. */
export async function createTowerTransformer({
  tower,
  engine,
  ...work
}: TowerTransformerOptions): Promise<Transformer & AsyncClosing> {
  const { config, head } = tower;
  // Through the bytes of a file, because a file's content is its fingerprint: an engine may cache what it compiles.
  const weights = readSafetensors(writeSafetensors(await tower.weights()));
  return createTransformer({ config, head, weights, engine, ...work });
}
