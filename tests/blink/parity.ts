import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Model, openModel } from '@referent/model/node';
import type { Engine } from '@referent/tensor-ops';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../apps/cli/src/import/import-model.js';
import { entities, golden, goldenPath, inContext } from './golden.js';

/** Scores may differ by this much: float32, and sums in another order. */
const tolerance = 1e-3;
/** The longest takes seconds on a free machine. */
const timeout = 180_000;

export interface ParityOptions {
  readonly start: () => Promise<Engine>;
  /** Only every so many mentions, for slow engines. @default 1 */
  readonly every?: number;
}

/** Holds an engine to BLINK's own numbers, by way of the importer: checkpoints in, scores out. */
export function describeParity(name: string, { start, every = 1 }: ParityOptions): void {
  describe(`BLINK's own numbers, ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'referent-blink-'));
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      await engine.close();
      rmSync(folder, { recursive: true });
    });

    /** Imports the golden checkpoints with changes to their configurations, and opens the model. */
    async function open(contextLength: number, maximumLength: number): Promise<Model> {
      const path = mkdtempSync(join(folder, 'model-'));
      await importModel({
        biEncoder: {
          model: goldenPath('biencoder.bin'),
          config: changed('biencoder.json', { max_context_length: contextLength }),
        },
        crossEncoder: {
          model: goldenPath('crossencoder.bin'),
          config: changed('crossencoder.json', { max_seq_length: maximumLength }),
        },
        bertConfig: goldenPath('bert_config.json'),
        vocabulary: goldenPath('vocab.txt'),
        folder: path,
      });
      return openModel({ folder: path, engine });
    }

    it('gives the vectors of entities', { timeout }, async () => {
      const model = await open(32, 160);
      const { data } = await model.entityEncoder.encodeEntities(entities);
      expectClose(data, golden.entities.vectors.flat());
      await model.close();
    });

    it.each(golden.runs.map((run) => [run.contextLength, run.maximumLength, run] as const))(
      'gives scores, the ten best and their re-ranking, with a context of %d in %d tokens',
      { timeout },
      async (contextLength, maximumLength, run) => {
        const results = run.results.filter((_, i) => i % every === 0);
        const model = await open(contextLength, maximumLength);
        const mentions = results.map(({ mention }) => inContext(golden.mentions[mention]!));
        const { data: vectors } = await model.mentionEncoders.name.encodeMentions(mentions);
        expectClose(
          vectors,
          results.flatMap(({ vector }) => vector),
        );
        const { data: candidates } = await model.entityEncoder.encodeEntities(entities);
        const pairs = results.flatMap(({ top }, i) =>
          top.map((row) => ({ mention: mentions[i]!, entity: entities[row]! })),
        );
        const reranked = await model.pairScorer!.scorePairs(pairs);
        for (const [i, { top, scores, rerankScores }] of results.entries()) {
          const dimensions = model.entityEncoder.dimensions;
          const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
          const own = entities.map((_, row) =>
            dot(vector, candidates.subarray(row * dimensions, (row + 1) * dimensions)),
          );
          expectClose(
            top.map((row) => own[row]!),
            scores,
          );
          expectSameOrder(own, top);
          expectClose(reranked.subarray(i * 10, (i + 1) * 10), rerankScores);
        }
        await model.close();
      },
    );

    it('gives the scores of towers with a linear layer', { timeout }, async () => {
      const path = join(folder, 'linear');
      await importModel({
        biEncoder: { model: goldenPath('biencoder_linear.bin'), config: goldenPath('biencoder_linear.json') },
        bertConfig: goldenPath('bert_config_linear.json'),
        vocabulary: goldenPath('vocab.txt'),
        folder: path,
      });
      const model = await openModel({ folder: path, engine });
      expect(model.entityEncoder.dimensions).toBe(6);
      const { mentions, entityVectors, scores } = golden.linear;
      const { data: candidates } = await model.entityEncoder.encodeEntities(entities);
      expectClose(candidates, entityVectors.flat());
      const { data } = await model.mentionEncoders.name.encodeMentions(
        mentions.map((i) => inContext(golden.mentions[i]!)),
      );
      const rows = (all: Float32Array, i: number) => all.subarray(i * 6, (i + 1) * 6);
      for (const i of mentions.keys()) {
        const own = entities.map((_, row) => dot(rows(data, i), rows(candidates, row)));
        expectClose(own, scores[i]!);
      }
      await model.close();
    });

    function changed(file: string, changes: object): string {
      const path = join(folder, `${JSON.stringify(changes).replace(/\W+/g, '-')}${file}`);
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(goldenPath(file), 'utf8')), ...changes }));
      return path;
    }
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  const worst = Array.from(found, (value, i) => Math.abs(value - expected[i]!)).reduce((a, b) => Math.max(a, b), 0);
  expect(worst).toBeLessThan(tolerance);
}

/** The ten best, in order, wherever scores differ by more than the tolerance. */
function expectSameOrder(scores: readonly number[], top: readonly number[]): void {
  const own = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, top.length);
  for (const [rank, row] of own.entries()) {
    if (row !== top[rank]) expect(Math.abs(scores[row]! - scores[top[rank]!]!)).toBeLessThan(2 * tolerance);
  }
}
